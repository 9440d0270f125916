// What is seen before the app is there.
import { holdBack, screenshot, usable } from "../harness/browser.mjs";
import { expect, test } from "../harness/test.mjs";

test("the shell", async ({ endpoint, phone }) => {
  const page = await phone.open();
  const letWasmCome = await holdBack(page, /\.wasm$/);
  await page.goto(endpoint.url, { waitUntil: "commit" });
  await expect(page.getByText("正在打开…")).toBeVisible();
  await screenshot(page, "shell");
  letWasmCome();
  await usable(page);
});

test("the shell of an app that does not start", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await page.route(/\.wasm$/, (route) => route.abort());
  await page.goto(endpoint.url);
  await expect(page.getByText("没有打开。")).toBeVisible();
  await screenshot(page, "shell-not-started");
});
