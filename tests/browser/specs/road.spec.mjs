// The whole road: one secretary, one phone, offline; the result reaches the endpoint, comes back, is mended, is approved.
import { keptForOffline, Phone, usable } from "../harness/browser.mjs";
import { day } from "../harness/clock.mjs";
import { BRANCH } from "../harness/endpoint.mjs";
import {
  activate, answerAll, answerItem, confirmProfile, goTo, lookAgain, openItem, score, sentSays, submit,
} from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";
import { textsOf } from "../harness/xlsx.mjs";

const listed = async (endpoint) => JSON.parse(await endpoint.command("review", "list", "--json"));

test("a branch checks itself offline, and the result reaches the endpoint and comes back", async ({ endpoint, phone }, info) => {
  test.setTimeout(240_000);
  let page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  await confirmProfile(page);

  // Network off and endpoint stopped.
  await endpoint.stop();
  await phone.context.setOffline(true);
  await page.reload();
  await usable(page);
  await expect(page.getByTestId("next")).toContainText("开始自查");
  await answerAll(page);
  // One honest shortfall: two of three facts of the first item.
  await openItem(page, 1);
  await page.getByRole("checkbox").first().click();
  await expect(page.getByTestId("earned")).toContainText("没做到，扣1分");
  // Which of the two depends on the day the test runs: the period's last day may be over.
  await expect(page.getByTestId("outcome")).toContainText(/还能办，到|已错过，如实扣分/);
  const own = await score(page);
  expect(Number(own)).toBeGreaterThan(90);
  expect(Number(own)).toBeLessThan(100);
  await expect(page.locator(".shortfall", { hasText: "没做到，扣1分" })).toContainText(/还能办，到|已错过，如实扣分/);
  await submit(page);
  await sentSays(page, "等网络");
  await expect(page.getByTestId("light")).toContainText("1份等网络");

  // The phone is put away and taken out again.
  await phone.close();
  page = await phone.open();
  await phone.context.setOffline(true);
  await page.goto(endpoint.url);
  await usable(page);
  await expect(page.getByTestId("light")).toContainText("1份等网络");
  expect(await score(page)).toBe(own);

  // The endpoint is back: delivered, once, with the score that the phone has.
  await endpoint.serve();
  await phone.context.setOffline(false);
  await sentSays(page, "已送达，镇安镇党委未审");
  const receipt = await page.getByTestId("receipt").first().innerText();
  let all = await listed(endpoint);
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({ branch: BRANCH, receipt: { code: receipt, score: Math.round(Number(own) * 100) } });
  const results = info.outputPath("results.xlsx");
  await endpoint.command("results", "export", "--period", all[0].period, "-o", results);
  expect(textsOf(results)).toContain("十里村党支部");

  // Returned with a reason, which leads to the item; mended, reported again, approved.
  await endpoint.command("review", "return", receipt, "--item", "31=缺签到表", "--due", day(52));
  await lookAgain(page);
  await goTo(page, "/");
  await expect(page.getByTestId("next")).toContainText("镇安镇党委退回修改：第31条缺签到表");
  await page.getByRole("link", { name: "去改" }).click();
  await expect(page.getByTestId("question")).toContainText("第31条，");
  await page.getByRole("button", { name: "村部铁柜" }).click();
  await goTo(page, "/");
  await expect(page.getByTestId("next")).toContainText("又改了1条");
  await submit(page);
  await sentSays(page, "已送达");
  await expect(page.getByTestId("sent").first()).toContainText("第2次");
  all = await listed(endpoint);
  expect(all).toHaveLength(1);
  await endpoint.command("review", "approve", all[0].receipt.code);
  await lookAgain(page);
  await sentSays(page, "审核通过");
  await goTo(page, "/");
  await expect(page.getByTestId("next")).toContainText("审核通过");
  expect(phone.faults).toEqual([]);
});

test("two phones of one branch: pulled, merged, two heads resolved, nothing lost", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  const first = await phone.open();
  await activate(first, endpoint);
  await confirmProfile(first);
  await openItem(first, 1);
  await answerItem(first);
  const own = await score(first);
  await submit(first);
  await sentSays(first, "已送达");

  await goTo(first, "/me/phone");
  await first.getByRole("button", { name: /要一个激活码/ }).click();
  const code = await first.getByTestId("device-code").innerText();
  const other = new Phone();
  const second = await other.open();
  await second.goto(endpoint.url);
  await usable(second);
  await second.getByLabel("激活码").fill(code);
  await second.getByRole("button", { name: "启用" }).click();
  await second.getByRole("button", { name: "看明白了，开始用" }).click();
  await expect(second.getByTestId("light")).toContainText("第1次已送达");
  await openItem(second, 1);
  await expect(second.getByRole("button", { name: "每条都做到了" })).toHaveAttribute("aria-pressed", "true");
  expect(await score(second)).toBe(own);

  // What the second changes and reports is shown on the first.
  await openItem(second, 1);
  await second.getByRole("button", { name: "一条也没做到" }).click();
  await submit(second);
  await sentSays(second, "已送达");
  await lookAgain(first);
  await openItem(first, 1);
  await expect(first.getByTestId("earned")).toContainText("得 0 / 3 分");

  // Both report apart: each without having heard of the other.
  await phone.context.setOffline(true);
  await openItem(first, 2);
  await answerItem(first);
  await submit(first);
  await sentSays(first, "等网络");
  await openItem(second, 5);
  await answerItem(second);
  await submit(second);
  await sentSays(second, "已送达");
  await phone.context.setOffline(false);
  await sentSays(first, "已送达");
  await lookAgain(second);
  await expect(second.getByText("两部手机分别报过")).toBeVisible();
  // What the other phone answered is here as well, and the next submission names both.
  await openItem(second, 2);
  await expect(second.getByTestId("earned")).toBeVisible();
  await submit(second);
  await sentSays(second, "已送达");
  await expect(second.getByText("两部手机分别报过")).toBeHidden();
  await lookAgain(first);
  await expect(first.getByText("两部手机分别报过")).toBeHidden();
  await openItem(first, 5);
  await expect(first.getByTestId("earned")).toBeVisible();
  await other.discard();
});
