// Every page, in every look: nothing that axe minds, nothing that scrolls sideways, no target too small.
import { keptForOffline, Phone, usable } from "../harness/browser.mjs";
import { mindedByAxe, outOfMeasure } from "../harness/legible.mjs";
import { offeredSecondVersion, openDifferences, PAGES, prepared, setLook } from "../harness/pages.mjs";
import { activate, answerItem, confirmProfile, goTo, openItem } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";
import { deploy } from "../harness/update.mjs";

/** Colours are examined in both themes, measures where the room is scarce as well. */
const LOOKS = [
  { name: "平常", width: 360, colours: true },
  { name: "阳光下", theme: "阳光下", width: 360, colours: true },
  { name: "大字 at 320 px", size: "大字", width: 320 },
  { name: "特大字 at 320 px", size: "特大字", width: 320 },
];

/** What is wrong with a page in a look, collected by the page's name. */
async function examine(faults, name, page, look) {
  const found = [...(look.colours ? await mindedByAxe(page) : []), ...(await outOfMeasure(page))];
  if (found.length) faults[`${name}, ${look.name}`] = found;
}

test("every page, in both themes and at large sizes on 320 px, can be read and touched", async ({ endpoint, phone }) => {
  test.setTimeout(300_000);
  const page = await phone.open();
  await prepared(page, endpoint);
  const faults = {};
  for (const look of LOOKS) {
    await page.setViewportSize({ width: look.width, height: 780 });
    await setLook(page, look);
    for (const [name, open] of Object.entries(PAGES)) {
      await open(page);
      await examine(faults, name, page, look);
    }
  }
  expect(faults).toEqual({});
});

/** Examines a page in every look, whether or not a look could be chosen already. */
async function examineInEveryLook(faults, name, page) {
  for (const look of LOOKS) {
    await page.setViewportSize({ width: look.width, height: 780 });
    await page.evaluate(({ size, theme }) => {
      const { dataset } = document.documentElement;
      delete dataset.size;
      delete dataset.theme;
      if (size) dataset.size = { 大字: "large", 特大字: "huge" }[size];
      if (theme) dataset.theme = "sunlight";
    }, look);
    await examine(faults, name, page, look);
  }
}

test("what stands before the pages and in their way can be read and touched", async ({ endpoint, phone }) => {
  test.setTimeout(240_000);
  const faults = {};
  const wechat = new Phone({ userAgent: "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0.50" });
  const inside = await wechat.open();
  await inside.goto(endpoint.url);
  await usable(inside);
  await examineInEveryLook(faults, "inside WeChat", inside);
  await wechat.discard();

  const page = await phone.open();
  await page.goto(endpoint.url);
  await usable(page);
  await examineInEveryLook(faults, "activation", page);
  await page.getByLabel("激活码").fill("12345");
  await page.getByRole("button", { name: "启用" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await examineInEveryLook(faults, "activation refused", page);
  await endpoint.publishWithout("community");
  const { link } = await endpoint.issueCode("210702002001");
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByTestId("notice")).toBeVisible();
  await examineInEveryLook(faults, "notice", page);
  await page.getByRole("button", { name: "看明白了，开始用" }).click();
  await expect(page.getByTestId("nothing-yet")).toBeVisible();
  await examineInEveryLook(faults, "no standard yet", page);

  await activate(page, endpoint);
  await goTo(page, "/profile");
  await examineInEveryLook(faults, "profile, empty", page);
  await confirmProfile(page);
  await examineInEveryLook(faults, "home, two branches", page);
  await openItem(page, 2);
  await page.getByRole("button", { name: /^拿不准/ }).click();
  await examineInEveryLook(faults, "question, unsure", page);
  await openItem(page, 1);
  await answerItem(page);
  await offeredSecondVersion(page, endpoint);
  await examineInEveryLook(faults, "home, a new version of the standard", page);
  await openDifferences(page);
  await examineInEveryLook(faults, "difference cards", page);
  await page.getByRole("button", { name: "换到新版本" }).click();
  await expect(page.getByTestId("next")).toContainText("重新看一遍");
  await goTo(page, "/check?show=doubtful");
  await page.getByTestId("no-longer").locator("summary").click();
  await examineInEveryLook(faults, "check, after the move", page);
  await openItem(page, 1);
  await expect(page.getByTestId("again")).toBeVisible();
  await examineInEveryLook(faults, "question, to be looked at again", page);
  // Much that is on this phone alone.
  for (let number = 3; number <= 12; number++) {
    await openItem(page, number);
    await answerItem(page);
  }
  await expect(page.getByTestId("backup-offer")).toBeVisible();
  await goTo(page, "/me/unbind");
  await examineInEveryLook(faults, "backup offered, unbinding refused", page);

  await keptForOffline(page);
  await page.reload();
  await usable(page);
  await endpoint.kill();
  deploy(endpoint, "新的一版");
  await endpoint.serve();
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await expect(page.getByTestId("update-prompt")).toBeVisible();
  await examineInEveryLook(faults, "a new version", page);

  await page.evaluate(() => {
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
  });
  await openItem(page, 1);
  await page.getByRole("checkbox").first().click();
  await expect(page.getByTestId("light")).toContainText("没存上");
  await examineInEveryLook(faults, "not saved", page);
  await page.getByTestId("light").click();
  await expect(page.getByRole("button", { name: "再存一次" })).toBeVisible();
  await examineInEveryLook(faults, "not saved, and what to do", page);
  expect(faults).toEqual({});
});
