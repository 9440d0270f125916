// Every page, as a phone shows it: NAME.png is what is seen first at 360x780, NAME-whole.png the page from top to bottom.
import { Phone, screenshot, usable } from "../harness/browser.mjs";
import {
  answeredWithShortfalls, offeredSecondVersion, openDifferences, PAGES, recordedAndReported, setLook,
} from "../harness/pages.mjs";
import { activate, answerItem, confirmProfile, goTo, openItem } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

test("the pages before a branch is bound", async ({ endpoint, phone }) => {
  const wechat = new Phone({ userAgent: "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0.50" });
  const inside = await wechat.open();
  await inside.goto(endpoint.url);
  await usable(inside);
  await screenshot(inside, "open-in-browser");
  await wechat.discard();

  const page = await phone.open();
  await page.goto(endpoint.url);
  await usable(page);
  await screenshot(page, "activate");
  await page.getByLabel("激活码").fill("000000000001");
  await page.getByRole("button", { name: "启用" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await screenshot(page, "activate-refused");
  const { link } = await endpoint.issueCode();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByTestId("notice")).toBeVisible();
  await screenshot(page, "notice");
  await page.getByRole("button", { name: "看明白了，开始用" }).click();
  await expect(page.getByTestId("next")).toBeVisible();
  await screenshot(page, "home-first");
  await goTo(page, "/profile");
  await screenshot(page, "profile-first");
  await confirmProfile(page);
  await screenshot(page, "home-begin");
});

test("a new version of the standard", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  for (const number of [1, 2, 3]) {
    await openItem(page, number);
    await answerItem(page);
  }
  await offeredSecondVersion(page, endpoint);
  await screenshot(page, "change-offered");
  await openDifferences(page);
  await screenshot(page, "change");
  await page.getByRole("button", { name: "换到新版本" }).click();
  await expect(page.getByTestId("next")).toContainText("重新看一遍");
  await screenshot(page, "change-moved");
  await goTo(page, "/check?show=doubtful");
  await page.getByTestId("no-longer").locator("summary").click();
  await screenshot(page, "change-check");
  await openItem(page, 1);
  await screenshot(page, "change-again");
  await setLook(page, { size: "特大字" });
  await page.setViewportSize({ width: 320, height: 640 });
  await openItem(page, 1);
  await screenshot(page, "huge-320-change-again");
});

test("the pages of a branch that has answered, reported, and was returned to", async ({ endpoint, phone }) => {
  test.setTimeout(300_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await answeredWithShortfalls(page);
  await goTo(page, "/");
  await screenshot(page, "home-answered");
  await recordedAndReported(page, endpoint);
  for (const [name, open] of Object.entries(PAGES)) {
    await open(page);
    await screenshot(page, name);
  }
  await setLook(page, { theme: "阳光下" });
  await openItem(page, 28);
  await screenshot(page, "question-sunlight");
  await setLook(page, { size: "特大字" });
  await goTo(page, "/");
  await screenshot(page, "home-huge");
  // Where room is scarcest.
  await page.setViewportSize({ width: 320, height: 640 });
  for (const [name, open] of Object.entries(PAGES)) {
    await open(page);
    await screenshot(page, `huge-320-${name}`);
  }
});
