// Every page of the app in a state worth looking at, one after the other.
import { keptForOffline, usable } from "./browser.mjs";
import { BRANCH } from "./endpoint.mjs";
import { answerAll, confirmProfile, goTo, lookAgain, openItem, sentSays, submit } from "./secretary.mjs";
import { expect } from "./test.mjs";

/** One item of every kind of question, by its number in the built-in rural standard. */
export const QUESTIONS = { facts: 1, level: 2, several: 3, deduction: 5, count: 7, share: 9 };

/** Walks through all pages and calls back with a name on each. */
export async function everyPage(phone, endpoint, look) {
  const page = await phone.open();
  await page.goto(endpoint.url);
  await usable(page);
  await look(page, "activate");
  const { link } = await endpoint.issueCode(BRANCH);
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByTestId("notice")).toBeVisible();
  await look(page, "notice");
  await page.getByRole("button", { name: "看明白了，开始用" }).click();
  await expect(page.getByTestId("next")).toBeVisible();
  await look(page, "home-first");
  await goTo(page, "/profile");
  await look(page, "profile");
  await confirmProfile(page);
  await look(page, "home-begun");
  for (const [kind, number] of Object.entries(QUESTIONS)) {
    await openItem(page, number);
    await look(page, `question-${kind}`);
  }
  await answerAll(page);
  await openItem(page, 1);
  await page.getByRole("checkbox").first().click();
  await page.getByText("怎么抓").click();
  await expect(page.getByTestId("earned")).toBeVisible();
  await look(page, "question-answered");
  await goTo(page, "/check");
  await look(page, "check");
  await goTo(page, "/");
  await look(page, "home-answered");
  await goTo(page, "/result");
  await look(page, "result");
  await goTo(page, "/submit");
  await look(page, "submit");
  await submit(page);
  await sentSays(page, "已送达");
  const receipt = await page.getByTestId("receipt").first().innerText();
  await endpoint.command("review", "return", receipt, "--item", "17=缺签到表", "--due", "2027-01-15");
  await lookAgain(page);
  await sentSays(page, "退回修改");
  await look(page, "submissions");
  await page.getByRole("link", { name: "看详细" }).click();
  await look(page, "submission-returned");
  await goTo(page, "/");
  await look(page, "home-returned");
  for (const [name, path] of [
    ["storage", "/storage"], ["me", "/me"], ["display", "/me/display"], ["branches", "/me/branches"],
    ["about", "/me/about"], ["unbind", "/me/unbind"], ["profile-known", "/profile"],
  ]) {
    await goTo(page, path);
    await look(page, name);
  }
  await goTo(page, "/me/phone");
  await page.getByRole("button", { name: /要一个激活码/ }).click();
  await expect(page.getByTestId("device-code")).toBeVisible();
  await look(page, "add-phone");
  await keptForOffline(page);
  return page;
}

/** Chooses text size and theme on their page. */
export async function choose(page, ...names) {
  await goTo(page, "/me/display");
  for (const name of names) await page.getByRole("button", { name, exact: false }).first().click();
}

