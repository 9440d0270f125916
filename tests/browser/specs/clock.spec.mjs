// The phone's clock: wrong, set right, set wrong, without a network. Today is never a day that cannot be, and nothing that was
// filled in meanwhile is lost.
import { keptForOffline, usable } from "../harness/browser.mjs";
import { day, now, periodOn, said, TODAY } from "../harness/clock.mjs";
import { enter } from "../harness/ledger.mjs";
import { activate, answerItem, confirmProfile, goTo, lookAgain, openItem, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

const DAY = 86_400_000;

/** A phone with a clock so many days ahead that was activated online, and is offline now. */
async function activatedThenOffline(phone, endpoint, days) {
  const page = await phone.open();
  await phone.setClock(days * DAY);
  await activate(page, endpoint);
  await keptForOffline(page);
  await confirmProfile(page);
  await phone.context.setOffline(true);
  return page;
}

/** Sets the phone's clock, and starts the app anew. */
async function startedWith(phone, page, off) {
  await phone.setClock(off);
  await page.reload();
  await usable(page);
}

/** Home says this period, the ledger offers this day, and 研究日期 can be this day at the latest. */
async function plays(page, date) {
  await goTo(page, "/");
  await expect(page.locator(".who")).toContainText(periodOn(date).name);
  await goTo(page, "/ledger/new");
  const held = page.getByLabel("日期", { exact: true });
  await expect(held).toHaveValue(date);
  await expect(held).toHaveAttribute("max", date);
  await goTo(page, "/submit");
  const considered = page.getByLabel("研究日期");
  await expect(considered).toHaveAttribute("max", date);
  expect(await considered.evaluate(({ min, max }) => min <= max)).toBe(true);
}

const noTrouble = async (page) => {
  await goTo(page, "/");
  await expect(page.getByTestId("next")).toBeVisible();
  await expect(page.getByTestId("clock-trouble")).toHaveCount(0);
};

for (const [name, days] of [["a year behind", -365], ["40 days behind", -40], ["a year ahead", 365], ["40 days ahead", 40]]) {
  test(`a clock that was ${name} and is set right offline: today is today`, async ({ endpoint, phone }) => {
    const page = await activatedThenOffline(phone, endpoint, days);
    await plays(page, TODAY);
    await startedWith(phone, page, 0);
    await plays(page, TODAY);
    await noTrouble(page);
    // What is reported so can be taken by the endpoint.
    await openItem(page, 1);
    await answerItem(page);
    await submit(page);
    await sentSays(page, "等网络");
    await phone.context.setOffline(false);
    await sentSays(page, "已送达");
  });
}

test("a report made while the date was ahead is refused, claims nothing on paper, and the one after it is the newest", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await activatedThenOffline(phone, endpoint, 0);
  await openItem(page, 1);
  await answerItem(page);
  // Three days: nothing that the phone itself could notice.
  await startedWith(phone, page, 3 * DAY);
  await submit(page);
  await sentSays(page, "等网络");
  await startedWith(phone, page, 0);
  await phone.context.setOffline(false);
  await sentSays(page, "没送成，要处理");
  await goTo(page, "/paper/self-assessment");
  await expect(page.getByTestId("sheet")).toContainText("自评表（草稿）");
  await expect(page.getByTestId("sheet")).not.toContainText("内容属实");

  await submit(page);
  await sentSays(page, "已送达");
  await expect(page.getByTestId("sent")).toHaveCount(2);
  await expect(page.getByTestId("light")).toContainText("第2次已送达");
  await goTo(page, "/paper/self-assessment");
  await expect(page.getByTestId("sheet")).toContainText("支委会研究，内容属实。");
  const [receipt] = JSON.parse(await endpoint.command("review", "list", "--json")).map((one) => one.receipt.code);
  await endpoint.command("review", "return", receipt, "--item", "1=写明规模", "--due", day(5));
  await lookAgain(page);
  await goTo(page, "/");
  await expect(page.getByTestId("next")).toContainText("退回修改");
  await goTo(page, "/storage");
  await expect(page.getByTestId("whereabouts")).not.toContainText("份上报只在");
});

test("a clock that is a year behind as ever is corrected offline as well", async ({ endpoint, phone }) => {
  const page = await activatedThenOffline(phone, endpoint, -365);
  await startedWith(phone, page, -365 * DAY);
  await plays(page, TODAY);
  await noTrouble(page);
});

test("a clock back at 2010 offline: the last known day is today, and the way to the settings is said until it is right", async ({ endpoint, phone }) => {
  const page = await activatedThenOffline(phone, endpoint, 0);
  await startedWith(phone, page, Date.parse("2010-01-01T08:00:00+08:00") - now());
  await plays(page, TODAY);
  for (const path of ["/", "/storage", "/ledger", "/ledger/new", "/submit"]) {
    await goTo(page, path);
    await expect(page.getByTestId("clock-trouble")).toContainText("手机上是2010年1月1日");
    await expect(page.getByTestId("clock-trouble")).toContainText("设置→系统→日期和时间");
  }
  await expect(page.getByTestId("light")).toContainText("手机日期不对");
  // What is entered meanwhile is no entry of 6,000 days later, and is saved.
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议" });
  await expect(page.getByTestId("month")).toContainText("支委会");
  await expect(page.getByTestId("month")).not.toContainText("后登记");
  // Set right in the phone's settings: she comes back, and it is not said any more.
  await phone.setClock(0);
  await lookAgain(page);
  await noTrouble(page);
  await expect(page.getByTestId("light")).toContainText("手机：已存");
});

test("set back while the page is open: noticed when she comes back, and before the next save", async ({ endpoint, phone }) => {
  const page = await activatedThenOffline(phone, endpoint, 0);
  await openItem(page, 1);
  await phone.setClock(-100 * DAY);
  await answerItem(page);
  await expect(page.getByTestId("light")).toContainText("手机日期不对");
  await goTo(page, "/");
  await expect(page.getByTestId("clock-trouble")).toContainText(`先按${said(TODAY, "0000")}算`);
  await plays(page, TODAY);
});

test("what was filled in while the date was a year ahead is not lost: answers are taken over, entries are corrected", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await activatedThenOffline(phone, endpoint, 0);
  await startedWith(phone, page, 365 * DAY);
  const ahead = periodOn(day(365));
  await goTo(page, "/");
  await expect(page.locator(".who")).toContainText(ahead.name);
  await expect(page.getByTestId("clock-trouble")).toContainText("日期可能不对");
  await openItem(page, 1);
  await answerItem(page);
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议" });

  await startedWith(phone, page, 0);
  await plays(page, TODAY);
  await goTo(page, "/");
  const stray = page.getByTestId("stray");
  await expect(stray).toContainText(ahead.name);
  await expect(stray).toContainText("没有丢");
  await stray.getByRole("button", { name: "填的", exact: false }).click();
  await expect(page.getByTestId("not-begun")).toContainText("还不能上报");
  await goTo(page, "/submit");
  await expect(page.getByTestId("not-begun")).toBeVisible();
  await expect(page.getByLabel("研究日期")).toHaveCount(0);
  await page.getByRole("button", { name: "回到现在的考核周期" }).click();
  await goTo(page, "/");
  await stray.getByRole("button", { name: `搬到${periodOn().name}` }).click();
  await expect(stray).toHaveCount(0);
  await openItem(page, 1);
  await expect(page.getByTestId("earned")).toContainText("得 3 / 3 分");

  await goTo(page, "/ledger");
  const notYet = page.getByTestId("not-yet");
  await expect(notYet).toContainText(said(day(365)));
  await notYet.getByRole("link").click();
  await page.getByRole("button", { name: "改一改" }).click();
  await page.getByLabel("日期", { exact: true }).fill(TODAY);
  await page.getByTestId("enter").click();
  await goTo(page, "/ledger");
  await expect(notYet).toHaveCount(0);
  await expect(page.getByTestId("month")).toContainText("支委会");

  await submit(page);
  await sentSays(page, "等网络");
  await phone.context.setOffline(false);
  await sentSays(page, "已送达");
  expect(phone.faults).toEqual([]);
});
