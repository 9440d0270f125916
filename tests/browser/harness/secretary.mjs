// What a secretary does with the app, step by step, as she would: by the words on the screen.
import { expect } from "@playwright/test";
import { usable } from "./browser.mjs";
import { TODAY } from "./clock.mjs";

/** Opens the link of an activation slip, reads the notice and stands on the home page. */
export async function activate(page, endpoint, branch) {
  const { link } = await endpoint.issueCode(branch);
  await page.goto("about:blank");
  await page.goto(link);
  await usable(page);
  const notice = page.getByRole("button", { name: "看明白了，开始用" });
  await expect(notice.or(page.getByTestId("next")).first()).toBeVisible();
  if (await notice.isVisible()) await notice.click();
  await expect(page.getByTestId("next")).toBeVisible();
}

/** 支部基本情况, filled in for the first time. */
export async function confirmProfile(page, { members = 23, committee = 3, groups = 2 } = {}) {
  await goTo(page, "/profile");
  for (const [name, figure] of [["正式党员", members], ["支委人数", committee], ["党小组数", groups]]) {
    const field = page.getByRole("textbox", { name, exact: true });
    await field.fill(String(figure));
    await field.press("Tab");
  }
  await page.getByRole("button", { name: "就这样" }).click();
  await expect(page.getByTestId("next")).toBeVisible();
}

/** Goes somewhere inside the app without loading it anew. */
export async function goTo(page, path) {
  await page.evaluate((path) => {
    const link = document.createElement("a");
    link.href = path;
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await expect.poll(() => new URL(page.url()).pathname).toBe(path.replace(/[?#].*/, ""));
}

/** Opens one item by its number. */
export async function openItem(page, number) {
  await goTo(page, "/check?show=all");
  await page.locator(".row", { has: page.locator(".row-number", { hasText: new RegExp(`^${number}$`) }) }).click();
  await expect(page.getByTestId("question")).toContainText(`第${number}条，`);
}

/** Answers every part of the item on the screen, as fully met, and waits until that is on disk. */
export async function answerItem(page) {
  const before = await savedAt(page);
  const question = page.getByTestId("question");
  let answered = false;
  for (const part of await question.locator(".part:not([data-not-due])").all()) {
    await answerPart(part);
    answered = true;
  }
  if (answered) await savedSince(page, before);
  return answered;
}

async function answerPart(part) {
  const button = (name) => part.getByRole("button", { name, exact: true });
  if (await button("做到了").count()) return button("做到了").click();
  if (await button("每条都做到了").count()) return button("每条都做到了").click();
  if (await part.getByRole("checkbox").count()) return part.getByRole("checkbox").first().click();
  if (await button("都没有").count()) return button("都没有").click();
  const figures = part.getByRole("textbox");
  if (await figures.count()) {
    const asked = (await part.innerText()).match(/要求(\d+)/);
    for (const figure of await figures.all()) {
      await figure.fill(asked ? asked[1] : "12");
      await figure.press("Tab");
    }
    return;
  }
  await part.locator(".choice").first().click();
}

/** Walks through the whole checklist and answers what is asked. */
export async function answerAll(page) {
  await openItem(page, 1);
  for (let number = 1; ; number++) {
    await expect(page.getByTestId("question")).toContainText(`第${number}条，`);
    await answerItem(page);
    const next = page.getByTestId("next-item");
    if (!(await next.count())) return number;
    await next.click();
  }
}

/** When the last change was stored, as the light says it. */
export const savedAt = (page) => page.getByTestId("light-state").getAttribute("data-saved-at");

/** Waits until something has been stored since. */
export async function savedSince(page, before) {
  await expect
    .poll(async () => {
      const now = await savedAt(page);
      return now !== null && now !== before;
    })
    .toBe(true);
}

/** 上报, with everything that has to be declared. */
export async function submit(page) {
  await goTo(page, "/submit");
  await page.getByLabel("研究日期").fill(TODAY);
  await page.getByRole("textbox", { name: "姓名", exact: true }).fill("王文书");
  await page.getByRole("button", { name: "文书", exact: true }).click();
  await page.getByRole("textbox", { name: "书记姓名" }).fill("李书记");
  await page.getByRole("checkbox").click();
  await page.getByRole("button", { name: /^上报给/ }).click();
  await expect(page.getByTestId("sent").first()).toBeVisible();
}

/** The score on the result page, as shown. */
export async function score(page) {
  await goTo(page, "/result");
  return (await page.getByTestId("total").locator(".total").innerText()).trim();
}

/** Waits until the newest submission says this. */
export async function sentSays(page, words) {
  if (new URL(page.url()).pathname !== "/submissions") await goTo(page, "/submissions");
  await expect(page.getByTestId("sent-state").first()).toContainText(words, { timeout: 30_000 });
}

/** Has the app look at the endpoint now, as it does whenever the page becomes visible. */
export const lookAgain = (page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

/** Waits until every document of 一编一册 in force is on the phone. */
export async function libraryHere(page) {
  await goTo(page, "/handbook");
  await page.getByRole("searchbox").fill("");
  await expect(page.getByRole("heading", { name: "制度汇编（一编）" })).toBeVisible();
  await expect(page.getByTestId("incoming")).toHaveCount(0);
}
