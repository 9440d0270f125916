// The desk's whole road, in two browsers at once: accounts from the top down, a code, a report that is returned, mended and approved,
// paper, a problem followed to its end, a township that is told to mend by a day; and every step of it in the log.
import { day } from "../harness/clock.mjs";
import { invented, Office } from "../harness/desk.mjs";
import { openFinding, step } from "../harness/findings.mjs";
import { answerAll, answerItem, confirmProfile, goTo, lookAgain, openItem, sentSays, submit } from "../harness/secretary.mjs";
import { usable } from "../harness/browser.mjs";
import { expect, test } from "../harness/test.mjs";

/** 示例镇河湾村党支部, which has not reported; and one of another township that has not either. */
const BRANCH = { code: "990101206", name: "示例镇河湾村党支部" };
const ON_PAPER = "演练镇团结村党支部";
const COUNTY = "990100";
const TOWN = "990101";

const way = (page, name) => page.locator("header nav").getByRole("link", { name, exact: true }).click();
const press = (page, name) => page.getByRole("main").getByRole("button", { name, exact: true }).first().click();
const link = async (page) => (await page.getByRole("main").innerText()).match(/https?:\/\/\S+\/desk\/welcome\S+/)[0];

async function openReport(page) {
  await way(page, "上报一览");
  await page.getByRole("link", { name: BRANCH.name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(BRANCH.name);
}

test("from the first account to the released township, with every step in the log", async ({ endpoint, phone }) => {
  test.setTimeout(240_000);
  const links = await invented(endpoint);
  const office = await Office.open();
  try {
    // The operator makes the county's account, the county the township's.
    const told = await endpoint.command("account", "add", "--unit", COUNTY, "--name", "王芳", "--login", "wangfang", "--role", "管理,审核", "--base-url", endpoint.url);
    const county = await office.signIn(told.match(/https?:\/\/\S+/)[0], "wangfang");
    await way(county, "人员");
    await county.getByRole("main").getByRole("link", { name: "开账号" }).first().click();
    await county.getByLabel("单位（编号或者全称）").fill(TOWN);
    await county.getByLabel("姓名").fill("李敏");
    await county.getByLabel("登录名").fill("limin");
    for (const role of ["管理", "审核"]) await county.getByRole("checkbox", { name: new RegExp(`^${role}`) }).check();
    await press(county, "开账号");
    const town = await office.signIn(await link(county), "limin");

    // The township issues a code; a phone is activated by it, checks its branch and reports.
    await town.goto(`${endpoint.url}/desk/codes/${BRANCH.code}`);
    await press(town, "发激活码");
    const code = (await town.getByRole("main").innerText()).match(/网址：(\S+)/)[1];
    const page = await phone.open();
    await page.goto(code);
    await usable(page);
    await page.getByRole("button", { name: "看明白了，开始用" }).click();
    await expect(page.getByTestId("next")).toBeVisible();
    await confirmProfile(page);
    await answerAll(page);
    await openItem(page, 1);
    await page.getByRole("checkbox").first().click();
    await submit(page);
    await sentSays(page, "已送达，示例镇党委未审");

    // Another branch hands in paper, which counts as reported.
    await way(county, "上报一览");
    const handedIn = county.locator("tr", { hasText: ON_PAPER });
    await handedIn.getByRole("link", { name: "登记纸质" }).click();
    await county.getByLabel(/^自评得分/).fill("91.5");
    await county.getByLabel("申报等次").selectOption("达标");
    await county.getByLabel("哪天收到的").fill(day(0));
    await press(county, "登记，算已报");
    await way(county, "上报一览");
    await expect(handedIn).toContainText("纸质");

    // The township returns two items.
    await openReport(town);
    for (const details of await town.locator("details").all()) await details.locator("summary").click();
    const notes = town.getByPlaceholder("意见");
    await notes.nth(0).fill("批复的复印件没有");
    await notes.nth(1).fill("看不出是哪个月的");
    await town.getByLabel("哪天以前改好").fill(day(3));
    await press(town, "退回修改");
    await lookAgain(page);
    await sentSays(page, "退回");
    await goTo(page, "/");
    await expect(page.getByTestId("next")).toContainText("示例镇党委退回");

    // Corrected, and accepted.
    await openItem(page, 1);
    await answerItem(page);
    await submit(page);
    await sentSays(page, "已送达");
    await openReport(town);
    await press(town, "通过，看下一份");
    await lookAgain(page);
    await sentSays(page, "审核通过");

    // A problem at three branches, mended by one, looked at and closed.
    await way(town, "问题台账");
    await town.getByRole("main").getByRole("link", { name: "写一个问题" }).click();
    for (const branch of [BRANCH.name, "示例镇前进村党支部", "示例镇向阳村党支部"]) await town.getByRole("checkbox", { name: branch }).check();
    await town.getByLabel("存在问题").fill("公开栏没有写收支");
    await press(town, "写好，发给支部");
    await expect(town.locator("tbody tr", { hasText: "公开栏没有写收支" })).toHaveCount(3);
    await lookAgain(page);
    await goTo(page, "/findings");
    await expect(page.getByTestId("finding-row").filter({ hasText: "公开栏没有写收支" })).toBeVisible();
    await openFinding(page, "公开栏没有写收支");
    await step(page, "支部已整改");
    await expect(page.getByTestId("finding-delivery")).toContainText("写的都已送到示例镇党委", { timeout: 30_000 });
    await town.reload();
    await town.locator("tbody tr", { hasText: BRANCH.name }).getByRole("link").first().click();
    await town.getByLabel("看到了什么（现场、材料）").fill("11月的收支贴出来了");
    await press(town, "销号");
    await lookAgain(page);
    await expect(page.getByTestId("finding-state")).toContainText("已销号", { timeout: 30_000 });

    // The township is told to mend by a day, answers, and is released.
    await way(county, "限期整改");
    await county.getByRole("link", { name: "下达限期整改" }).click();
    await county.getByLabel("哪个单位").selectOption(TOWN);
    await county.getByLabel("原因").fill("两个支部的问题过了时限");
    await county.getByLabel("改到什么样算改好").fill("两个支部的问题都销号");
    await county.getByLabel("哪天以前").fill(day(10));
    await press(county, "下达");
    await way(town, "限期整改");
    await town.getByRole("main").locator("tbody").getByRole("link").first().click();
    await town.getByLabel("改了什么、改到什么样").fill("两个支部都改好了，逐个看过");
    await press(town, "报告");
    await county.reload();
    await county.getByLabel("看到了什么").fill("抽看了一个支部");
    await press(county, "解除");
    await expect(county.getByRole("main")).toContainText("解除");

    // All of it stands in the log, which fits together; whoever reads it sees no texts of it.
    const audit = await office.signIn(links["示例审计"], "示例审计");
    await way(audit, "记录");
    const log = audit.getByRole("main");
    for (const deed of ["新建账号", "发激活码", "收到纸质", "退回修改", "审核通过", "登记问题", "验收销号", "下达限期整改", "答复限期整改", "解除限期整改"]) await expect(log).toContainText(deed);
    for (const text of ["公开栏没有写收支", "批复的复印件没有", "11月的收支贴出来了"]) await expect(log).not.toContainText(text);
    await endpoint.command("log", "verify");
    expect(phone.faults).toEqual([]);
    expect(office.faults).toEqual([]);
  } finally {
    await office.discard();
  }
});
