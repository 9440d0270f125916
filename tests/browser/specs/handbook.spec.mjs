// 手册: read and searched without a network, tied to the items, fetched piece by piece after everything else.
import { keptForOffline, usable } from "../harness/browser.mjs";
import { activate, answerItem, confirmProfile, goTo, libraryHere, openItem } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

/** Types a query and waits for the number of results to be said. */
async function seek(page, words) {
  await goTo(page, "/handbook");
  await page.getByRole("searchbox").fill(words);
  await expect(page.getByTestId("found")).toBeVisible();
}

/** Opens a section by the title of its document and its own. */
async function openSection(page, document, section) {
  await goTo(page, "/handbook");
  await page.getByRole("searchbox").fill("");
  await page.locator("summary", { hasText: document }).click();
  await page.getByRole("link", { name: section, exact: true }).click();
  await expect(page.getByTestId("section")).toBeVisible();
}

test("without being activated the handbook is read, and once fetched it is there without a network", async ({ endpoint, phone }) => {
  let page = await phone.open();
  await page.goto(endpoint.url);
  await usable(page);
  await page.getByRole("link", { name: /先看手册和制度/ }).click();
  await libraryHere(page);
  await keptForOffline(page);
  await endpoint.stop();
  await phone.close();
  page = await phone.open();
  await phone.context.setOffline(true);
  await page.goto(`${endpoint.url}/handbook`);
  await usable(page);
  await openSection(page, "支部组织生活", "支部党员大会");
  await expect(page.getByTestId("section")).toContainText("一般每季开1次");
  await expect(page.getByTestId("items")).toHaveCount(0);
  // The arrow leads back to the contents, and from there to the code.
  await page.getByRole("link", { name: "返回" }).click();
  await page.getByRole("link", { name: "返回" }).click();
  await expect(page.getByLabel("激活码")).toBeVisible();
});

test("search finds items, handbook and institutions offline, whatever the width, and jumps to the place", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await libraryHere(page);
  await endpoint.stop();
  await phone.context.setOffline(true);
  await seek(page, "32学时");
  await expect(page.getByTestId("group")).toHaveCount(3);
  await expect(page.locator("mark").first()).toHaveText("32学时");
  const narrow = await page.getByTestId("found").innerText();
  await seek(page, "３２学时");
  await expect(page.getByTestId("found")).toHaveText(narrow);
  await seek(page, "党费 困难");
  for (const hit of await page.locator(".hit").all()) await expect(hit).toContainText(/党费|困难/);
  await seek(page, "党费交多少");
  await expect(page.locator(".hit").first()).toContainText("党费");
  await seek(page, "龘龘");
  await expect(page.getByTestId("found")).toContainText("没有找到");

  await seek(page, "民主评议");
  const group = page.getByTestId("group").filter({ hasText: "手册" });
  await group.locator(".hit").first().click();
  await expect(page.getByTestId("section")).toContainText("民主评议");
  // Back at the results, as they were left.
  await page.goBack();
  await expect(page.getByRole("searchbox")).toHaveValue("民主评议");
  // A hit far down in a section: its line is brought below the top bar.
  await seek(page, "党费 收据");
  const deep = page.locator('.hit[href*="#line-"]').last();
  const line = (await deep.getAttribute("href")).split("#")[1];
  await deep.click();
  await expect(page.locator(`#${line}`)).toContainText(/党费|收据/);
  await expect(page.locator(`#${line}`)).toBeInViewport();
  await expect(async () => {
    const [top, bar] = await Promise.all([page.locator(`#${line}`), page.locator(".top")].map((one) => one.boundingBox()));
    expect(top.y).toBeGreaterThanOrEqual(bar.y + bar.height);
  }).toPass();
  await page.goBack();
  await seek(page, "民主评议");
  await page.getByTestId("group").filter({ hasText: "考核条目" }).locator(".hit").first().click();
  await expect(page.getByTestId("question")).toContainText("民主评议");
});

test("an item leads to its sections and a section to its items, with what the branch has got for them", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await libraryHere(page);
  await openItem(page, 1);
  await answerItem(page);
  const title = (await page.getByTestId("sections").getByRole("link").first().locator("span").first().innerText()).split(" · ")[1].trim();
  await page.getByTestId("sections").getByRole("link").first().click();
  await expect(page.getByTestId("section").getByRole("heading", { level: 2 }).first()).toHaveText(title);
  const item = page.getByTestId("items").getByRole("link", { name: /^第1条/ });
  await expect(item).toContainText("3 / 3 分");
  await item.click();
  await expect(page.getByTestId("question")).toContainText("第1条，");
});

test("one turns the pages, the place is remembered, and a template can be copied", async ({ endpoint, phone }) => {
  let page = await phone.open();
  await activate(page, endpoint);
  await libraryHere(page);
  await openSection(page, "支部组织生活", "支部党员大会");
  await phone.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByTestId("template").first().getByRole("button", { name: "复制样表" }).click();
  await expect(page.getByText("已复制")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("应到");
  const first = await page.getByTestId("section").getAttribute("data-section");
  await page.getByRole("link", { name: "下一节" }).click();
  await expect(page.getByTestId("section")).not.toHaveAttribute("data-section", first);
  const second = await page.getByTestId("section").getAttribute("data-section");
  await keptForOffline(page);
  await phone.close();
  page = await phone.open();
  await page.goto(endpoint.url);
  await usable(page);
  await page.getByRole("navigation", { name: "主要位置" }).getByRole("link", { name: "手册" }).click();
  await page.getByTestId("resume").click();
  await expect(page.getByTestId("section")).toHaveAttribute("data-section", second);
});

test("an interrupted fetch goes on where it stopped, and the first self-check does not wait for it", async ({ endpoint, phone }) => {
  const page = await phone.open();
  const asked = [];
  let open = 5;
  await page.route("**/api/v1/documents/*", async (route) => {
    asked.push(new URL(route.request().url()).pathname);
    if (open-- > 0) await route.continue();
    else await route.abort("connectionreset");
  });
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, 1);
  await answerItem(page);
  await goTo(page, "/handbook");
  await expect(page.getByTestId("incoming")).toContainText("已取来5/");
  const before = asked.length;
  open = 1000;
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(page.getByTestId("incoming")).toHaveCount(0);
  const here = new Set(asked.slice(0, 5));
  expect(asked.slice(before).some((path) => here.has(path))).toBe(false);
  await expect(page.getByRole("heading", { name: "制度汇编（一编）" })).toBeVisible();
});
