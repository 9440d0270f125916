// When the standard changes in the middle of a draft: the phone shows what changed, the draft stays until it is moved, nothing is
// typed twice; also without a network. And when the branch's sector changes.
import { keptForOffline, usable } from "../harness/browser.mjs";
import { periodOn } from "../harness/clock.mjs";
import {
  activate, answerItem, confirmProfile, goTo, lookAgain, openItem, savedAt, savedSince, score, sentSays, submit,
} from "../harness/secretary.mjs";
import { forLaterPeriods, rosterWith, secondVersion } from "../harness/standards.mjs";
import { expect, test } from "../harness/test.mjs";
import { textsOf } from "../harness/xlsx.mjs";

const listed = async (endpoint) => JSON.parse(await endpoint.command("review", "list", "--json"));

/** Answers these items, and says where the originals of the second lie. */
async function answered(page, numbers) {
  for (const number of numbers) {
    await openItem(page, number);
    await answerItem(page);
  }
  await openItem(page, 2);
  const before = await savedAt(page);
  await page.getByRole("button", { name: "村部铁柜" }).click();
  await savedSince(page, before);
}

test("a new version in the middle of a draft: read, moved and confirmed offline, scored by the new version", async ({ endpoint, phone }, info) => {
  test.setTimeout(180_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  await confirmProfile(page);
  await answered(page, [1, 2, 3]);
  const before = await score(page);

  // Online: a calm card, and the draft stays as it is.
  await endpoint.command("standard", "publish", secondVersion());
  await lookAgain(page);
  await goTo(page, "/");
  await expect(page.getByTestId("offer")).toContainText("标准有新版本：改1条，加1条，减1条。");
  await expect(page.getByTestId("next")).toContainText("接着自查");
  expect(await score(page)).toBe(before);
  await openItem(page, 2);
  await expect(page.getByTestId("question")).toContainText("支委会建制");

  // Offline from here on.
  await endpoint.stop();
  await phone.context.setOffline(true);
  await page.reload();
  await usable(page);
  await goTo(page, "/");
  await page.getByTestId("offer").getByRole("link", { name: "看变了什么" }).click();
  const cards = page.getByTestId("difference");
  await expect(cards).toHaveCount(3);
  const card = (words) => cards.filter({ hasText: words });
  await expect(card("改了：第1条 组织设置与规模")).toContainText("正式党员3人以上的村必须单独设党支部");
  await expect(card("改了：第1条 组织设置与规模")).toContainText("对你们：要重新看一遍");
  await expect(card("新增：第2条 支委分工")).toContainText("对你们：新加的，要填。");
  await expect(card("不再要求：原第2条 支委会建制")).toContainText("原来的回答留着，还能看");
  await page.getByRole("link", { name: "先不换" }).click();
  await expect(page.getByTestId("offer")).toBeVisible();
  expect(await score(page)).toBe(before);

  await goTo(page, "/change");
  await page.getByRole("button", { name: "换到新版本" }).click();
  await expect(page.getByTestId("next")).toContainText("1条要重新看一遍");
  await expect(page.getByTestId("offer")).toBeHidden();
  // What was moved is on disk.
  await page.reload();
  await usable(page);
  await expect(page.getByTestId("next")).toContainText("1条要重新看一遍");

  // Untouched answers are as they were; the removed one can be read; the new one is open.
  await openItem(page, 3);
  await expect(page.getByTestId("earned").first()).toBeVisible();
  await expect(page.getByTestId("again")).toBeHidden();
  await openItem(page, 2);
  await expect(page.getByTestId("question")).toContainText("支委分工");
  await expect(page.locator(".choice[aria-pressed=true]")).toHaveCount(0);
  await goTo(page, "/check?show=doubtful");
  await expect(page.locator(".row")).toHaveCount(1);
  await expect(page.locator(".row")).toContainText("待复核");
  const gone = page.getByTestId("no-longer");
  await gone.locator("summary").click();
  await expect(gone).toContainText("支委会建制");
  await expect(gone).toContainText("设了支委会，人数合规");
  await expect(gone).toContainText("村部铁柜");

  // 待复核 may be reported, but is said before; 还是这样 ends it with one tap.
  await goTo(page, "/submit");
  await expect(page.getByText("还有待复核的，也可以上报，按原来的回答算：第1条。")).toBeVisible();
  await goTo(page, "/");
  await page.getByRole("link", { name: "重新看一遍" }).click();
  const again = page.getByTestId("again");
  await expect(again).toContainText("待复核");
  await expect(again).toContainText("正式党员3人以上的村设党支部");
  await expect(again).toContainText("每条都做到了");
  const saved = await savedAt(page);
  await again.getByRole("button", { name: "还是这样" }).click();
  await expect(again).toBeHidden();
  await expect(page.getByTestId("earned")).toContainText("得 3 / 3 分");
  await savedSince(page, saved);
  await openItem(page, 2);
  await answerItem(page);
  await goTo(page, "/");
  await expect(page.getByTestId("next")).toContainText("接着自查");
  const own = await score(page);
  expect(own).toBe(before);
  await submit(page);
  await sentSays(page, "等网络");

  await endpoint.serve();
  await phone.context.setOffline(false);
  await sentSays(page, "已送达");
  const all = await listed(endpoint);
  expect(all).toHaveLength(1);
  expect(all[0].receipt.score).toBe(Math.round(Number(own) * 100));
  const results = info.outputPath("results.xlsx");
  await endpoint.command("results", "export", "--period", all[0].period, "-o", results);
  expect(textsOf(results)).toContain("2026.3");
  expect(phone.faults).toEqual([]);
});

test("moving online after a report: the report keeps its version, and the next one is asked for", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await answered(page, [1, 2, 3]);
  const own = await score(page);
  await submit(page);
  await sentSays(page, "已送达");
  await endpoint.command("standard", "publish", secondVersion());
  await lookAgain(page);
  await goTo(page, "/");
  await page.getByTestId("offer").getByRole("link", { name: "看变了什么" }).click();
  await page.getByRole("button", { name: "换到新版本" }).click();
  await expect(page.getByTestId("next")).toContainText("1条要重新看一遍");
  await goTo(page, "/submissions");
  await expect(page.getByTestId("sent").first()).toContainText(own);
  // Answering it anew ends 待复核 as well.
  await openItem(page, 1);
  await page.getByRole("button", { name: "一条也没做到" }).click();
  await expect(page.getByTestId("again")).toBeHidden();
  await goTo(page, "/");
  await expect(page.getByTestId("next")).not.toContainText("重新看一遍");
  await submit(page);
  await sentSays(page, "已送达");
  await expect(page.getByTestId("sent").first()).toContainText("第2次");
});

test("a version without the draft's period: said, and the period goes on as it was", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await answered(page, [1, 2]);
  await endpoint.command("standard", "publish", forLaterPeriods(), "--yes-without-period");
  await lookAgain(page);
  await goTo(page, "/");
  await expect(page.getByTestId("offer")).toContainText(`里面没有${periodOn().name}，这一期接着用现在的。`);
  await page.getByTestId("offer").getByRole("link").click();
  await expect(page.getByText(`新的里面没有${periodOn().name}，这一期换不了`)).toBeVisible();
  await expect(page.getByRole("button", { name: "换到新版本" })).toHaveCount(0);
  await submit(page);
  await sentSays(page, "已送达");
  // Reported, and still there: it can be read, mended and chosen.
  await lookAgain(page);
  await goTo(page, "/me/branches");
  await expect(page.getByRole("button", { name: periodOn().name })).toHaveAttribute("aria-pressed", "true");
});

test("a branch that comes under another sector moves in the same way", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  // The first item reads otherwise in 社区, 支委会 (28) is the same.
  await answered(page, [1, 28]);
  const before = await score(page);
  await endpoint.command("roster", "import", rosterWith("社区"));
  await lookAgain(page);
  await goTo(page, "/");
  await expect(page.getByTestId("offer")).toContainText("本支部的领域从农村变成了社区：");
  await expect(page.getByText("农村", { exact: true })).toBeVisible();
  expect(await score(page)).toBe(before);
  await goTo(page, "/change");
  await expect(page.getByRole("heading", { name: /本支部的领域从农村变成了社区/ })).toBeVisible();
  await expect(page.getByTestId("difference").filter({ hasText: "社区大党委" }).first()).toBeVisible();
  await page.getByRole("button", { name: "换到新版本" }).click();
  await expect(page.getByText("社区", { exact: true })).toBeVisible();
  await expect(page.getByTestId("offer")).toBeHidden();
  await goTo(page, "/check/NC-D2");
  await expect(page.getByTestId("earned")).toContainText("得 3 / 3 分");
  await goTo(page, "/check/NC-A1");
  await page.getByRole("button", { name: "还是这样" }).click();
  await submit(page);
  await sentSays(page, "已送达");
});
