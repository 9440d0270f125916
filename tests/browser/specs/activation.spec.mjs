// 启用: codes that do not work say so and what to do; a lost answer burns nothing; WeChat does not spend the code.
import { Phone, usable } from "../harness/browser.mjs";
import { activate, answerItem, confirmProfile, openItem, savedAt, savedSince } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

async function typeCode(page, endpoint, code) {
  await page.goto(endpoint.url);
  await usable(page);
  await page.getByLabel("激活码").fill(code);
  await page.getByRole("button", { name: "启用" }).click();
}

test("a wrong, a short and a used code each say what to do", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await typeCode(page, endpoint, "1234 5678");
  await expect(page.getByRole("alert")).toContainText("激活码是12个数字，现在有8个");
  await typeCode(page, endpoint, "000000000001");
  await expect(page.getByRole("alert")).toContainText("没有这个激活码");
  const { code } = await endpoint.issueCode();
  const other = new Phone();
  const first = await other.open();
  await typeCode(first, endpoint, code);
  await expect(first.getByTestId("notice")).toBeVisible();
  await typeCode(page, endpoint, code);
  await expect(page.getByRole("alert")).toContainText("已经在另一部手机上用过了");
  await expect(page.getByRole("alert")).toContainText("要一个新码");
  await other.discard();
});

test("a code that has expired says so and what to do", async ({ endpoint, phone }) => {
  const page = await phone.open();
  // No code lives shorter than a day, so the endpoint's words are put in its mouth; that it says them is a story of its own.
  await page.route("**/api/v1/activate", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, status: 410, body: JSON.stringify({ type: "code-expired", status: 410, detail: "" }) });
  });
  await typeCode(page, endpoint, "123412341234");
  await expect(page.getByRole("alert")).toContainText("这个激活码过期了");
  await expect(page.getByRole("alert")).toContainText("打电话要一个新码");
});

test("a code is taken as people type it, in full-width digits and groups", async ({ endpoint, phone }) => {
  const { code } = await endpoint.issueCode();
  const wide = [...code.replace(/\D/g, "")].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join("");
  const page = await phone.open();
  await typeCode(page, endpoint, wide.replace(/(.{4})(.{4})/, "$1　$2　"));
  await expect(page.getByTestId("notice")).toBeVisible();
});

test("an answer that is lost on its way burns nothing", async ({ endpoint, phone }) => {
  const { code } = await endpoint.issueCode();
  const page = await phone.open();
  // The endpoint has done it; the phone never hears of it.
  await page.route("**/api/v1/activate", async (route) => {
    await route.fetch();
    await route.abort();
  });
  await typeCode(page, endpoint, code);
  await expect(page.getByRole("alert")).toContainText("连不上网");
  await page.unroute("**/api/v1/activate");
  // Opening the app again goes on where it stopped, without typing.
  await page.goto(endpoint.url);
  await expect(page.getByTestId("notice")).toBeVisible();
});

test("inside WeChat the code is not spent, and the way out is shown", async ({ endpoint, phone }) => {
  const { link } = await endpoint.issueCode();
  const wechat = new Phone({ userAgent: "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0.50" });
  const inside = await wechat.open();
  const asked = [];
  inside.on("request", (request) => request.url().includes("/activate") && request.method() === "POST" && asked.push(request.url()));
  await inside.goto(link);
  await usable(inside);
  await expect(inside.getByTestId("open-in-browser")).toContainText("在浏览器打开");
  expect(asked).toEqual([]);
  await wechat.discard();
  const page = await phone.open();
  await page.goto(link);
  await expect(page.getByTestId("notice")).toBeVisible();
});

test("a branch whose sector has no standard yet is told so", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await endpoint.publishWithout("community");
  const { link } = await endpoint.issueCode("210702002001");
  await page.goto(link);
  await page.getByRole("button", { name: "看明白了，开始用" }).click();
  await expect(page.getByTestId("nothing-yet")).toContainText("社区领域的标准还没有发布");
});

test("the same slip scanned again on the same phone leads home", async ({ endpoint, phone }) => {
  const { link } = await endpoint.issueCode();
  const page = await phone.open();
  await page.goto(link);
  await page.getByRole("button", { name: "看明白了，开始用" }).click();
  await expect(page.getByTestId("next")).toBeVisible();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByTestId("next")).toBeVisible();
  await expect(page.getByRole("alert")).toBeHidden();
});

test("several branches on one phone keep apart", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, 1);
  await answerItem(page);
  await activate(page, endpoint, "210726117204");
  await expect(page.getByRole("link", { name: "换支部" })).toBeVisible();
  const second = await page.locator(".who h2").innerText();
  expect(second).not.toContain("十里村");
  // Nothing of the first branch is in the second.
  await expect(page.getByTestId("next")).toContainText("先填支部基本情况");
  await openItem(page, 1);
  await expect(page.getByTestId("earned")).toBeHidden();
  const before = await savedAt(page);
  await page.getByRole("button", { name: "一条也没做到" }).click();
  await savedSince(page, before);
  await page.getByRole("link", { name: "首页" }).click();
  await page.getByRole("link", { name: "换支部" }).click();
  await page.getByRole("button", { name: /十里村党支部/ }).click();
  await expect(page.locator(".who h2")).toContainText("十里村党支部");
  await openItem(page, 1);
  await expect(page.getByTestId("earned")).toContainText("得 3 / 3 分");
  // The one on the screen stays the one on the screen.
  await page.goto(endpoint.url);
  await usable(page);
  await expect(page.locator(".who h2")).toContainText("十里村党支部");
});
