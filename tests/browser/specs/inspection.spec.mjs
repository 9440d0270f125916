// 现场查阅（只读）: what the branch holds up when the inspectors stand in the room, offline, without scores, and nothing changes by it.
import { keptForOffline, usable } from "../harness/browser.mjs";
import { enter } from "../harness/ledger.mjs";
import { activate, answerItem, confirmProfile, goTo, openItem, savedAt, savedSince } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

// By their numbers: the checklist's first item; 支委会 each month, which the ledger answers.
const FIRST = 1;
const COMMITTEE = 28;

const main = (page) => page.locator("#main");

/** Neither a score, nor a tip, nor anything that changes an answer. */
async function onlyToBeRead(page, searches) {
  const text = await main(page).innerText();
  expect(text).not.toMatch(/得分|扣\d|自评估算|还能办|怎么抓|\d+(\.\d+)?\s*\/\s*\d+(\.\d+)?\s*分/);
  await expect(main(page).getByRole("textbox")).toHaveCount(0);
  await expect(main(page).getByRole("searchbox")).toHaveCount(searches);
  await expect(main(page).getByRole("button")).toHaveCount(0);
  await expect(main(page).getByRole("checkbox")).toHaveCount(0);
  await expect(page.getByRole("navigation", { name: "主要位置" })).toHaveCount(0);
  await expect(page.getByTestId("light")).toHaveCount(0);
}

/** Counts what is written into the storage from now on. */
const watchWrites = (page) =>
  page.evaluate(() => {
    window.written = 0;
    for (const name of ["put", "add", "delete", "clear"]) {
      const own = IDBObjectStore.prototype[name];
      IDBObjectStore.prototype[name] = function (...given) {
        window.written += 1;
        return own.apply(this, given);
      };
    }
  });

test("one tap from home, offline: by method, by box and by search, each item as inspectors want it, and nothing is written", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  await confirmProfile(page);
  await openItem(page, FIRST);
  await answerItem(page);
  let before = await savedAt(page);
  await page.getByRole("button", { name: "村部铁柜", exact: true }).click();
  await savedSince(page, before);
  before = await savedAt(page);
  await page.getByLabel(/^自评纪实/).fill("批复缺一份，扣2分");
  await page.getByLabel(/^自评纪实/).press("Tab");
  await savedSince(page, before);
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议", location: "村会计处" });
  await endpoint.stop();
  await phone.context.setOffline(true);
  await page.reload();
  await usable(page);
  await watchWrites(page);

  await goTo(page, "/");
  await page.getByTestId("inspection-row").click();
  await expect(page.getByRole("heading", { name: "现场查阅（只读）" })).toBeVisible();
  const ways = page.getByRole("navigation", { name: "怎么看" });
  const seen = new Set();
  for (const way of ["听取汇报", "实地考察", "查阅资料"]) {
    await ways.getByRole("link", { name: way }).click();
    await expect(ways.getByRole("link", { name: way })).toHaveAttribute("aria-current", "true");
    await expect(page.getByTestId("shown-group").first()).toBeVisible();
    await onlyToBeRead(page, 1);
    for (const number of await page.locator(".row-number").allTextContents()) seen.add(number);
  }
  // All fifty but the one of what this branch does not have.
  expect(seen.size).toBe(49);

  // One item after the other, each with what is asked, what was answered, and where the papers lie.
  await page.locator(".row").first().click();
  const item = page.getByTestId("shown-item");
  for (let seenHere = 1; ; seenHere++) {
    await expect(item).toBeVisible();
    await onlyToBeRead(page, 0);
    const next = page.getByRole("link", { name: "下一条" });
    if (!(await next.count())) break;
    const id = await item.getAttribute("data-item");
    await next.click();
    await expect(item).not.toHaveAttribute("data-item", id);
    expect(seenHere).toBeLessThan(51);
  }
  // The arrow leads back to the list, not through all of them.
  await page.getByRole("link", { name: "返回" }).click();
  await expect(ways.getByRole("link", { name: "查阅资料" })).toHaveAttribute("aria-current", "true");

  // By what it is called, and by the box it lies in.
  await page.getByRole("searchbox").fill("铁柜");
  await expect(page.locator(".row")).toHaveCount(1);
  await page.locator(".row").click();
  await expect(item).toContainText(`第${FIRST}条，`);
  await expect(page.getByTestId("shown-place")).toHaveText("村部铁柜");
  // What she noted of lost points is not for this screen.
  await expect(item).not.toContainText("批复缺一份");
  await page.goBack();
  await page.getByRole("searchbox").fill("没有这样的东西呀");
  await expect(page.getByText("没有找到，换个说法。")).toBeVisible();
  await page.getByRole("searchbox").fill("");
  await ways.getByRole("link", { name: "按盒找" }).click();
  const boxes = page.getByTestId("shown-group");
  await expect(boxes.filter({ has: page.getByRole("heading", { name: "村部铁柜" }) }).locator(".row")).toHaveCount(1);
  await expect(boxes.filter({ has: page.getByRole("heading", { name: "村会计处" }) })).toContainText("支委会记录（1次）");
  await expect(boxes.last()).toContainText("还没写放在哪");

  // What the ledger answers is shown with its records, and where their book lies.
  await boxes.last().locator(".row", { has: page.locator(".row-number", { hasText: new RegExp(`^${COMMITTEE}$`) }) }).click();
  await expect(item).toContainText("每月要求1次");
  await expect(page.getByTestId("shown-records")).toContainText("研究低保评议，应到3人，实到3人，记录本在村会计处");

  // The talk beside it.
  await goTo(page, "/inspection");
  await page.getByRole("link", { name: "汇报提纲" }).click();
  const talk = page.getByTestId("talk");
  await expect(talk).toContainText("现有正式党员23名");
  await expect(talk).toContainText("支委会1次");
  await expect(talk).toContainText("条没有自查");
  await onlyToBeRead(page, 0);
  await page.getByRole("link", { name: "返回" }).click();
  await page.getByRole("link", { name: "返回" }).click();
  await expect(page.getByTestId("next")).toBeVisible();
  expect(await page.evaluate(() => window.written)).toBe(0);
  expect(phone.faults).toEqual([]);
});

test("what is meant for the branch alone does not stand on a screen that others look at", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  for (let number = 1; number <= 10; number++) {
    await openItem(page, number);
    await answerItem(page);
  }
  await expect(page.getByTestId("backup-offer")).toBeVisible();
  await goTo(page, "/inspection");
  await expect(page.getByTestId("shown-group").first()).toBeVisible();
  await expect(page.getByTestId("backup-offer")).toHaveCount(0);
  await goTo(page, "/");
  await expect(page.getByTestId("backup-offer")).toBeVisible();
});
