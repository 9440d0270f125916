// 整改: a shortfall becomes a finding with one tap, the upper level's findings come to the phone, and both end closed.
import { keptForOffline, Phone, usable } from "../harness/browser.mjs";
import { BRANCH } from "../harness/endpoint.mjs";
import { inDays, openFinding, raiseFirst, step, write } from "../harness/findings.mjs";
import { activate, answerItem, confirmProfile, goTo, lookAgain, openItem, savedAt, savedSince, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

const state = (page) => page.getByTestId("finding-state");
const delivered = (page) => expect(page.getByTestId("finding-delivery")).toContainText("写的都已送到镇安镇党委", { timeout: 30_000 });

test("one tap offline survives a killed browser, is delivered, and ends closed", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  let page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  await confirmProfile(page);
  await endpoint.stop();
  await phone.context.setOffline(true);

  await raiseFirst(page);
  await expect(page.getByTestId("finding")).toContainText("支部自查");
  await expect(page.locator(".problem")).toContainText("第1条");
  await expect(page.getByTestId("finding-measure").locator(".said")).not.toBeEmpty();
  await expect(page.getByTestId("points")).toContainText("提出时");
  await write(page, "measure", "找出批复，装进蓝盒");
  await write(page, "responsible", "王文书");
  await step(page, "开始整改");
  await expect(state(page)).toContainText("整改中");
  await expect(page.getByTestId("finding-delivery")).toContainText("别人还看不到；下次上报时一起送给镇安镇党委");
  await phone.kill();

  page = await phone.open();
  await phone.context.setOffline(true);
  await page.goto(`${endpoint.url}/findings`);
  await usable(page);
  await expect(page.getByTestId("finding-row")).toContainText("整改中");
  await expect(page.getByTestId("finding-row")).toContainText("还没上报");
  await page.getByTestId("finding-row").click();
  await expect(page.getByTestId("finding-measure")).toContainText("找出批复，装进蓝盒");
  await expect(page.getByTestId("finding-responsible")).toContainText("王文书");

  // It goes with the next 上报: waiting for a network as that does.
  await submit(page);
  await openFinding(page, "第1条");
  await expect(page.getByTestId("finding-delivery")).toContainText("还没有送到镇安镇党委，有网时自己送");
  await endpoint.serve();
  await phone.context.setOffline(false);
  await lookAgain(page);
  await delivered(page);
  const [sent] = await endpoint.findings();
  expect([sent.state, sent.measure, sent.responsible]).toEqual(["整改中", "找出批复，装进蓝盒", "王文书"]);

  // Mending shows in the points.
  await openItem(page, 1);
  await expect(page.getByTestId("to-finding")).toContainText("整改：整改中");
  await expect(page.getByTestId("raise")).toHaveCount(0);
  const before = await savedAt(page);
  await page.getByRole("button", { name: "每条都做到了", exact: true }).click();
  await savedSince(page, before);
  await openFinding(page, "第1条");
  await expect(page.getByTestId("points")).toContainText(/现在 (\S+) \/ \1 分，提出时.*多得/);
  // What the branch found itself it closes itself, and opens again itself.
  await step(page, "改好了，支部销号");
  await expect(state(page)).toContainText("已销号");
  await expect(page.getByTestId("verdict")).toContainText(/支部.*销号/);
  await delivered(page);
  const [closed] = await endpoint.findings();
  expect(closed.state).toBe("已销号");
  await step(page, "还没有改好，接着整改");
  await expect(state(page)).toContainText("整改中");
  expect(phone.faults).toEqual([]);
});

test("what the upper level found comes to the phone, is answered, returned with a reason, mended and closed", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await endpoint.importFindings(
    ["支部编号", "条目", "存在问题", "整改时限", "问题来源"],
    [BRANCH, "17", "三季度主题党日缺签到表", inDays(5), "县里检查"],
    [BRANCH, "", "门牌脱落", inDays(60), ""],
  );
  await lookAgain(page);
  await expect(page.getByTestId("next")).toContainText("上级检查的问题要整改：三季度主题党日缺签到表");
  await page.getByRole("link", { name: "去整改" }).click();
  await expect(page.getByTestId("finding")).toContainText("县里检查，");
  await expect(page.getByTestId("finding")).toContainText("第17条");
  // What it says is not the branch's to reword, nor to take back.
  await expect(page.getByTestId("finding-problem")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /撤掉/ })).toHaveCount(0);
  await write(page, "measure", "如实扣分，不补签；以后会前备好签到表");
  await step(page, "支部已整改");
  await delivered(page);
  const [mended] = await endpoint.findings("--mended");
  expect(mended.measure).toBe("如实扣分，不补签；以后会前备好签到表");

  await endpoint.command("findings", "return", mended.number, "--reason", "没写由谁来备签到表", "--due", inDays(9));
  await lookAgain(page);
  await expect(state(page)).toContainText("退回");
  await expect(page.getByTestId("verdict")).toContainText(/镇安镇党委.*退回：没写由谁来备签到表，.*前改好/);
  await goTo(page, "/");
  await expect(page.getByTestId("next")).toContainText("镇安镇党委退回一个问题：没写由谁来备签到表");
  await goTo(page, "/findings");
  await expect(page.getByTestId("findings-group").first()).toContainText("镇安镇党委退回的 1个");
  await openFinding(page, "三季度主题党日缺签到表");
  await step(page, "支部已整改");
  await delivered(page);
  await endpoint.command("findings", "close", mended.number);
  await lookAgain(page);
  await expect(state(page)).toContainText("已销号");
  await page.getByTestId("finding-history").locator("summary").click();
  await expect(page.getByTestId("finding-history")).toContainText("退回，没写由谁来备签到表");
  // A closed one that is opened again comes back.
  await endpoint.command("findings", "return", mended.number, "--reason", "又缺了");
  await lookAgain(page);
  await expect(state(page)).toContainText("退回");
  expect(phone.faults).toEqual([]);
});

test("two phones write on one finding, apart, and both keep every word", async ({ endpoint, phone }) => {
  test.setTimeout(150_000);
  const other = new Phone();
  const [first, second] = [await phone.open(), await other.open()];
  await activate(first, endpoint);
  await confirmProfile(first);
  await raiseFirst(first);
  await submit(first);
  await sentSays(first, "已送达");
  await openFinding(first, "第1条");
  await delivered(first);
  await activate(second, endpoint);
  await openFinding(second, "第1条");

  await phone.context.setOffline(true);
  await other.context.setOffline(true);
  await write(first, "measure", "第一部手机写的");
  await write(second, "measure", "第二部手机写的");
  for (const [context, page] of [[phone.context, first], [other.context, second], [phone.context, first]]) {
    await context.setOffline(false);
    await lookAgain(page);
    await delivered(page);
  }
  await lookAgain(first);
  for (const page of [first, second]) {
    await expect(page.getByTestId("finding-measure")).toContainText("第二部手机写的");
    const history = page.getByTestId("finding-history");
    await history.locator("summary").click();
    await expect(history).toContainText("第一部手机写的");
    await expect(history).toContainText("第二部手机写的");
  }
  await other.discard();
});

test("a finding is here alone until it is delivered, stands in the paper ledger, and a mistake is taken back", async ({ endpoint, phone }) => {
  test.setTimeout(150_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  await confirmProfile(page);
  await openItem(page, 1);
  await answerItem(page);
  const before = await savedAt(page);
  await page.getByRole("checkbox").first().click();
  await savedSince(page, before);
  await phone.context.setOffline(true);

  await goTo(page, "/result");
  await page.locator(".shortfall").first().getByTestId("raise").click();
  await expect(page.getByTestId("finding")).toBeVisible();
  await write(page, "responsible", "李书记");
  await write(page, "deadline", inDays(-2));
  await expect(state(page)).toContainText("逾期");
  await write(page, "delay", "等镇里盖章");
  await goTo(page, "/storage");
  await expect(page.getByTestId("where")).toContainText("整改：1个问题，1个支部自己查的还没有上报，别人看不到");
  await goTo(page, "/me/unbind");
  await expect(page.getByText("现在不能解除")).toBeVisible();
  await goTo(page, "/paper/rectification");
  const row = page.getByTestId("sheet").locator("tbody tr").first();
  await expect(row).toContainText("李书记");
  await expect(row).toContainText("待整改，逾期。原因：等镇里盖章");

  await openFinding(page, "第1条");
  await page.getByRole("button", { name: "写错了，撤掉这个问题" }).click();
  await page.getByRole("button", { name: "确实撤掉" }).click();
  await expect(state(page)).toContainText("支部撤掉");
  // What was written by mistake and taken back never leaves the phone.
  await expect(page.getByTestId("finding-delivery")).toContainText("没有上报过，也不会送");
  await phone.context.setOffline(false);
  await submit(page);
  await sentSays(page, "已送达");
  expect(await endpoint.findings()).toEqual([]);
  await goTo(page, "/result");
  await expect(page.locator(".shortfall").first().getByTestId("raise")).toBeVisible();
  expect(phone.faults).toEqual([]);
});
