// A backup is what is elsewhere: not what was shown, not what a browser was asked to save, not a file on this phone.
import { readFileSync } from "node:fs";
import { keptForOffline, Phone, usable } from "../harness/browser.mjs";
import { raiseFirst } from "../harness/findings.mjs";
import { enter } from "../harness/ledger.mjs";
import { activate, answerItem, confirmProfile, goTo, lookAgain, openItem, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

const where = (page) => page.getByTestId("whereabouts");

async function begun(phone, endpoint) {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, 1);
  await answerItem(page);
  return page;
}

async function notUnbound(page, words) {
  await goTo(page, "/me/unbind");
  await expect(page.getByTestId("unbind")).toContainText(words);
  await expect(page.getByRole("button", { name: "解除绑定" })).toHaveCount(0);
}

test("a download that the browser refuses is no backup, and nothing may be deleted after it", async ({ endpoint }) => {
  const phone = new Phone({ acceptDownloads: false });
  const page = await begun(phone, endpoint);
  await phone.context.setOffline(true);
  await goTo(page, "/storage");
  await page.getByRole("button", { name: "存成文件" }).click();
  await expect(page.getByTestId("carry-state")).toContainText("有没有刚存的这个文件");
  // She has not looked: nothing is said of it.
  await expect(where(page)).toContainText(/^只在这部手机里：\d+处填写/);
  await notUnbound(page, "只在这部手机里，现在不能解除，解除就没了");
  await goTo(page, "/storage");
  await page.getByRole("button", { name: "存成文件" }).click();
  await page.getByRole("button", { name: "没有", exact: true }).click();
  await expect(page.getByTestId("carry-state")).toContainText("没有存成，还没有备份");
  await expect(where(page)).toContainText("只在这部手机里：");
  await expect(page.getByTestId("sent-away")).toHaveCount(0);
  await notUnbound(page, "现在不能解除");
  await phone.discard();
});

test("text in the clipboard counts when she says that she has pasted and sent it, text on the screen never", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await phone.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await goTo(page, "/storage");
  await page.getByRole("button", { name: "复制成文字" }).click();
  await expect(page.getByTestId("carry-state")).toContainText("还不算备份");
  await expect(where(page)).toContainText("只在这部手机里：");
  await notUnbound(page, "现在不能解除");
  await goTo(page, "/storage");
  await page.getByRole("button", { name: "复制成文字" }).click();
  await page.getByRole("button", { name: "已经粘贴发出去了" }).click();
  await expect(where(page)).toContainText("存成了文件，你说过已经发到别处：");
  await goTo(page, "/me/unbind");
  await page.getByRole("button", { name: "解除绑定" }).click();
  await expect(page.getByTestId("unbind")).toContainText("服务器上没有、只在你发走的备份里的：");
  await page.getByRole("button", { name: "不解除" }).click();
  // What comes after it is not in it.
  await openItem(page, 2);
  await answerItem(page);
  await notUnbound(page, "只在这部手机里，现在不能解除");
});

test("after 上报 without a network everything is still here alone, and delivered only when it has arrived", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await keptForOffline(page);
  for (const number of [2, 3]) {
    await openItem(page, number);
    await answerItem(page);
  }
  await phone.context.setOffline(true);
  await submit(page);
  await goTo(page, "/storage");
  await expect(where(page)).toContainText(/只在这部手机里：\d+处填写、1份上报/);
  await expect(where(page)).not.toContainText("已送达");
  await notUnbound(page, "1份上报只在这部手机里，现在不能解除");
  await phone.context.setOffline(false);
  await lookAgain(page);
  await sentSays(page, "已送达");
  await goTo(page, "/storage");
  await expect(where(page)).toContainText("没有只在这部手机里的");
  await expect(where(page)).toContainText(/已送达：\d+处填写、1份上报/);
  await goTo(page, "/me/unbind");
  await expect(page.getByRole("button", { name: "解除绑定" })).toBeVisible();
});

test("the edited report, what is signed and stamped, ledger and 整改 are counted, in the file, and on the next phone", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await begun(phone, endpoint);
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议" });
  await raiseFirst(page);
  await goTo(page, "/paper/report");
  await page.getByLabel("报告正文").fill("一、基本情况\n我们自己的话。");
  await page.getByLabel("报告正文").blur();
  await expect(page.getByText("改过，已存在这部手机里")).toBeVisible();
  await goTo(page, "/paper");
  await page.getByRole("checkbox", { name: "书记签字" }).click();
  await expect(page.getByRole("checkbox", { name: "书记签字" })).toHaveAttribute("aria-checked", "true");
  await goTo(page, "/storage");
  await expect(where(page)).toContainText(/只在这部手机里：\d+处填写、1条台账、1个整改的问题、1期纸质材料的记录和改过的报告。/);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "存成文件" }).click();
  const file = await (await download).path();
  expect(readFileSync(file, "utf8")).toContain("我们自己的话");
  await page.getByRole("button", { name: "有，看到了" }).click();
  await expect(where(page)).toContainText("没有只在这部手机里的");
  await expect(where(page)).toContainText(/存成了文件（还在这部手机上）：\d+处填写、1条台账、1个整改的问题、1期纸质材料/);

  const other = new Phone();
  const second = await other.open();
  await activate(second, endpoint);
  await goTo(second, "/storage");
  const chooser = second.waitForEvent("filechooser");
  await second.getByRole("button", { name: "选备份文件" }).click();
  await (await chooser).setFiles({ name: "备份.json", mimeType: "application/json", buffer: readFileSync(file) });
  await expect(second.getByText(/恢复了\d+处/)).toBeVisible();
  // It was read back: the file is there, on that phone.
  await expect(where(second)).toContainText("存成了文件（还在这部手机上）：");
  await goTo(second, "/paper/report");
  await expect(second.getByLabel("报告正文")).toHaveValue(/我们自己的话/);
  await goTo(second, "/paper");
  await expect(second.getByRole("checkbox", { name: "书记签字" })).toHaveAttribute("aria-checked", "true");
  await second.reload();
  await usable(second);
  await goTo(second, "/findings");
  await expect(second.getByTestId("finding-row")).toHaveCount(1);
  await other.discard();
});
