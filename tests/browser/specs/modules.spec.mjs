// Modules: off until somebody at the desk switches them on; the phone shows them after its next round, and never hides what is in one.
import { Office } from "../harness/desk.mjs";
import { Endpoint } from "../harness/endpoint.mjs";
import { enter } from "../harness/ledger.mjs";
import { activate, answerItem, confirmProfile, goTo, lookAgain, openItem } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

/** The city of the demonstration roster: what concerns all of it is decided there. */
const CITY = "210700";
/** By its number: 支委会 each month, which the ledger counts. */
const COMMITTEE = 28;

test("a phone shows the self-check alone until a module is switched on at the desk, and keeps showing what is in one", async ({ phone }) => {
  test.setTimeout(240_000);
  const endpoint = await Endpoint.start(["publish-builtin"], []);
  const office = await Office.open();
  try {
    const page = await phone.open();
    await activate(page, endpoint);
    await confirmProfile(page);
    const menu = page.locator("ul.menu");
    const says = (words) => expect(menu.getByText(words, { exact: true }));
    const home = () => goTo(page, "/");

    await home();
    await expect(page.getByTestId("inspection-row")).toBeVisible();
    await expect(page.getByTestId("ledger-row")).toHaveCount(0);
    await goTo(page, "/me");
    await says("上报记录").toBeVisible();
    for (const off of ["台账", "整改"]) await says(off).toHaveCount(0);
    await openItem(page, COMMITTEE);
    await expect(page.getByText("佐证材料")).toBeVisible();
    await expect(page.getByTestId("take-photo")).toHaveCount(0);
    await expect(page.getByRole("link", { name: "去登记" })).toHaveCount(0);
    await answerItem(page);
    // An address kept from elsewhere leads home.
    await page.goto(`${endpoint.url}/ledger/new`);
    await expect(page.getByTestId("next")).toBeVisible();

    const told = await endpoint.command("account", "add", "--unit", CITY, "--name", "王芳", "--login", "wangfang", "--role", "管理", "--base-url", endpoint.url);
    const desk = await office.signIn(told.match(/https?:\/\/\S+\/desk\/welcome\S+/)[0], "wangfang");
    await desk.goto(`${endpoint.url}/desk/standards`);
    await desk.getByRole("button", { name: "打开台账" }).click();
    await expect(desk.locator(".note.done")).toContainText("打开了");
    await lookAgain(page);
    await home();
    await expect(page.getByTestId("ledger-row")).toContainText("还没有登记");
    await goTo(page, "/me");
    await says("台账").toBeVisible();
    await says("整改").toHaveCount(0);
    await enter(page, { kinds: ["主题党日"], expected: "23", present: "20", topic: "打扫村部" });

    await desk.getByRole("link", { name: "关上台账" }).click();
    await expect(desk.getByRole("main")).toContainText("一条也不删");
    await desk.getByRole("button", { name: "关上台账" }).click();
    await expect(desk.locator(".note.done")).toContainText("关上了");
    const heard = page.waitForResponse((response) => new URL(response.url()).pathname === "/api/v1/standard" && response.status() === 200);
    await lookAgain(page);
    await heard;
    await page.reload();
    await home();
    await expect(page.getByTestId("ledger-row")).toContainText("本月");
    await page.getByTestId("ledger-row").click();
    await expect(page.getByTestId("month").locator("li")).toHaveCount(1);

    // Nothing is left in it: then it is gone.
    await page.getByTestId("month").locator("li a").click();
    await page.getByRole("button", { name: "登错了，划掉这一条" }).click();
    await page.getByRole("button", { name: "确实划掉" }).click();
    await home();
    await expect(page.getByTestId("inspection-row")).toBeVisible();
    await expect(page.getByTestId("ledger-row")).toHaveCount(0);
    expect(office.faults).toEqual([]);
  } finally {
    await office.discard();
    await endpoint.discard();
  }
});
