// 台账: a year of meetings is entered offline, questions answer themselves from it, and it goes along with the report.
import { readFileSync } from "node:fs";
import { keptForOffline, Phone, usable } from "../harness/browser.mjs";
import { daysAgo, enter } from "../harness/ledger.mjs";
import { activate, confirmProfile, goTo, openItem, savedAt, savedSince, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

// By their numbers: 党员大会 without quorum, 支委会 each month, 到会率.
const QUORUM = 18;
const COMMITTEE = 28;
const ATTENDANCE = 36;

const counted = (page) => page.getByTestId("counted");
const rows = (page) => page.getByTestId("month").locator("li");

/** A phone offline, with the branch's figures. */
async function offline(phone, endpoint) {
  const page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  await confirmProfile(page);
  await endpoint.stop();
  await phone.context.setOffline(true);
  return page;
}

test("what is entered offline answers the questions, until a reason is given, and is there after a restart", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  let page = await offline(phone, endpoint);
  await expect(page.getByTestId("ledger-row")).toContainText("还没有登记");
  await page.getByTestId("ledger-row").click();
  await expect(page.getByText("没开的会不登记、不补记")).toBeVisible();

  // Nothing is entered that is not complete.
  await page.getByRole("link", { name: "登记一次活动" }).click();
  await page.getByTestId("enter").click();
  await expect(page.getByRole("alert")).toContainText("还没选是什么活动");

  // 应到 comes from the branch's figures.
  await page.getByRole("button", { name: "支委会", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "应到", exact: true })).toHaveValue("3");
  await page.getByRole("button", { name: "3人都到了，照签到表才点" }).click();
  await page.getByLabel(/^议题/).fill("研究低保评议");
  await page.getByRole("textbox", { name: "主持人" }).fill("李书记");
  await page.getByRole("button", { name: "村部铁柜" }).click();
  let before = await savedAt(page);
  await page.getByTestId("enter").click();
  await savedSince(page, before);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText("支委会实到3/3，研究低保评议");

  // The question answers itself, says from what, and leaves the months before to her.
  await openItem(page, COMMITTEE);
  await expect(counted(page)).toContainText("从台账数的：1条");
  await expect(page.locator(".count-row", { hasText: "台账1次" })).toHaveCount(1);
  await counted(page).getByRole("link", { name: /支委会，实到3\/3/ }).click();
  await expect(page.getByTestId("ledger-entry")).toContainText("李书记");

  // The last one again: only what is new has to be said.
  await page.getByRole("link", { name: "照这样再登记一次" }).click();
  await expect(page.getByRole("textbox", { name: "主持人" })).toHaveValue("李书记");
  await enter(page, { again: "支委会", present: 2, topic: "研究秸秆禁烧" });
  await expect(rows(page)).toHaveCount(2);
  await openItem(page, COMMITTEE);
  await expect(page.locator(".count-row", { hasText: "台账2次" })).toHaveCount(1);

  // One of them was a mistake.
  await counted(page).getByRole("link", { name: /实到2\/3/ }).click();
  await page.getByRole("button", { name: "登错了，划掉这一条" }).click();
  before = await savedAt(page);
  await page.getByRole("button", { name: "确实划掉" }).click();
  await savedSince(page, before);
  await expect(rows(page)).toHaveCount(1);

  // Another answer needs a reason, says so, and can be taken back.
  await openItem(page, COMMITTEE);
  await page.getByRole("button", { name: "和台账不一样，自己填" }).click();
  await expect(page.getByRole("button", { name: "写好原因，自己填" })).toBeDisabled();
  await page.getByLabel("为什么和台账不一样").fill("有一次记在镇里的本子上");
  await page.getByRole("button", { name: "写好原因，自己填" }).click();
  await expect(page.getByTestId("against")).toContainText("自己改的，原因：有一次记在镇里的本子上");
  const month = page.locator(".count-row", { has: page.locator("input:not([value=''])") }).last();
  await month.getByRole("button", { name: "加一" }).click();
  await expect(page.getByTestId("against")).toContainText("有一次记在镇里的本子上");
  await page.getByRole("button", { name: "还按台账数" }).click();
  await expect(page.locator(".count-row", { hasText: "台账1次" })).toHaveCount(1);

  // Two kinds at once; too few at a meeting; a late entry says so.
  await enter(page, { kinds: ["主题党日", "党课"], expected: 23, excused: 3, present: 16 });
  await enter(page, { kinds: ["支部党员大会"], present: 9 });
  await expect(rows(page).filter({ hasText: "支部党员大会" })).toContainText("实到9/23");
  await openItem(page, ATTENDANCE);
  await expect(counted(page)).toContainText("2次，应到43人次，实到25人次");
  await openItem(page, QUORUM);
  await page.getByRole("button", { name: "都没有", exact: true }).click();
  await expect(page.locator(".count-row", { hasText: "到会不到半数就表决" })).toContainText("台账1次");
  await goTo(page, "/ledger/new");
  await page.getByRole("button", { name: "谈心谈话", exact: true }).click();
  await page.getByLabel("日期").fill(daysAgo(20));
  await expect(page.getByText("过了20天，登记后会注明“后登记”")).toBeVisible();
  before = await savedAt(page);
  await page.getByTestId("enter").click();
  await savedSince(page, before);

  await page.reload();
  await usable(page);
  await goTo(page, "/ledger");
  await page.getByRole("link", { name: /谈心谈话/ }).or(page.getByRole("button", { name: /年$/ })).first().waitFor();
  await openItem(page, COMMITTEE);
  await expect(counted(page)).toContainText("从台账数的：1条");
  expect(phone.faults).toEqual([]);
});

test("the year at a glance, and its duties in the phone's calendar", async ({ endpoint, phone }) => {
  const page = await offline(phone, endpoint);
  await goTo(page, "/ledger/year");
  const duty = (name) => page.getByTestId("duties").locator("tr", { hasText: name });
  await expect(page.getByTestId("ring").locator("svg.ring path").first()).toBeAttached();
  await expect(duty("支委会")).toContainText("还能办到");
  await enter(page, { kinds: ["支委会"], present: 3 });
  await goTo(page, "/ledger/year");
  await expect(duty("支委会")).toContainText("✓");

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "存成日历文件" }).click()]);
  expect(download.suggestedFilename()).toMatch(/\.ics$/);
  const text = readFileSync(await download.path(), "utf8");
  expect(text.startsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")).toBe(true);
  expect(text.split("\r\n").every((line) => Buffer.byteLength(line) <= 75 && !line.includes("\n"))).toBe(true);
  const events = text.replaceAll("\r\n ", "").split("BEGIN:VEVENT").slice(1);
  expect(events.length).toBeGreaterThan(4);
  for (const event of events) {
    expect(event).toMatch(/UID:\S+@biaochi\r\nDTSTAMP:\d{8}T\d{6}Z\r\nDTSTART;VALUE=DATE:\d{8}\r\nSUMMARY:/);
    expect(event).toContain("TRIGGER:-P");
  }
  expect(new Set(events.map((event) => event.match(/UID:(\S+)/)[1])).size).toBe(events.length);
});

test("the ledger goes along with the report, and the other phone counts the same", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议" });
  await enter(page, { kinds: ["支部党员大会"], present: 20 });
  await goTo(page, "/me");
  await expect(page.getByRole("link", { name: /我的资料在哪/ })).toContainText("处只在手机里");
  await submit(page);
  await sentSays(page, "已送达");
  await goTo(page, "/me");
  await expect(page.getByRole("link", { name: /我的资料在哪/ })).not.toContainText("只在手机里");

  const other = new Phone();
  const second = await other.open();
  await activate(second, endpoint);
  await expect(second.getByTestId("light")).toContainText("第1次已送达");
  await goTo(second, "/ledger");
  await expect(rows(second)).toHaveCount(2);
  await openItem(second, COMMITTEE);
  await expect(counted(second)).toContainText("从台账数的：1条");
  // Nothing has changed since by having been counted on another phone.
  await goTo(second, "/");
  await expect(second.getByTestId("next")).not.toContainText("又改了");
  await goTo(second, "/me");
  // What came from the endpoint is not here alone.
  await expect(second.getByRole("link", { name: /我的资料在哪/ })).not.toContainText("只在手机里");

  // What the second strikes out is gone on the first as well, once reported.
  await goTo(second, "/ledger");
  await rows(second).filter({ hasText: "支委会" }).getByRole("link").click();
  await second.getByRole("button", { name: "登错了，划掉这一条" }).click();
  await second.getByRole("button", { name: "确实划掉" }).click();
  await expect(rows(second)).toHaveCount(1);
  await submit(second);
  await sentSays(second, "已送达");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await goTo(page, "/ledger");
  await expect(rows(page)).toHaveCount(1);
  await other.discard();
});
