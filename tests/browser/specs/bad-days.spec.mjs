// Bad days: nothing that was saved is lost, and the screen says what to do.
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { keptForOffline, Phone, usable } from "../harness/browser.mjs";
import { now } from "../harness/clock.mjs";
import { BRANCH } from "../harness/endpoint.mjs";
import {
  activate, answerItem, confirmProfile, goTo, lookAgain, openItem, savedAt, savedSince, sentSays, submit,
} from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";
import { deploy } from "../harness/update.mjs";

/** A phone that has answered the first item. */
async function begun(phone, endpoint) {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, 1);
  await answerItem(page);
  return page;
}

const all = (page) => page.getByRole("button", { name: "每条都做到了" });

test("a captive portal counts as offline; what was reported waits and is delivered afterwards", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await endpoint.enterCaptivePortal();
  await submit(page);
  await sentSays(page, "等网络");
  await expect(page.getByTestId("reach")).toContainText("连不上服务器");
  await endpoint.leaveCaptivePortal();
  await lookAgain(page);
  await sentSays(page, "已送达");
});

test("a revoked phone goes on filling; sending pauses with a plain message until it is activated again", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await endpoint.command("device", "revoke", "--branch", BRANCH, "--all");
  await submit(page);
  await expect(page.getByRole("alert")).toContainText("已经被上级解除绑定");
  await expect(page.getByTestId("light")).toContainText("送不出，先重新启用");
  await openItem(page, 2);
  await answerItem(page);
  await activate(page, endpoint);
  await sentSays(page, "已送达");
  await openItem(page, 2);
  await expect(page.getByTestId("earned")).toBeVisible();
});

test("the endpoint killed while a submission is on its way: one record, one receipt", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  // The endpoint stores it; then it dies before the phone hears the answer.
  const died = new Promise((resolve, reject) => {
    page.route("**/api/v1/submissions/*", async (route) => {
      if (route.request().method() !== "PUT") return route.continue();
      await route.fetch().then(() => endpoint.kill()).then(() => route.abort()).then(resolve, reject);
    });
  });
  await submit(page);
  await died;
  await sentSays(page, "等网络");
  await page.unroute("**/api/v1/submissions/*");
  await endpoint.serve();
  await lookAgain(page);
  await sentSays(page, "已送达");
  expect(JSON.parse(await endpoint.command("review", "list", "--json"))).toHaveLength(1);
  await expect(page.getByTestId("sent")).toHaveCount(1);
});

test("a browser that refuses storage: said at once, filling and the backup still work", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("refused", "SecurityError");
    };
  });
  await activate(page, endpoint);
  await expect(page.getByTestId("storage-refused")).toContainText("不让保存资料");
  await confirmProfile(page);
  await openItem(page, 1);
  await all(page).click();
  await expect(page.getByTestId("earned")).toContainText("得 3 / 3 分");
  await goTo(page, "/storage");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "存成文件" }).click();
  const backup = JSON.parse(readFileSync(await (await download).path(), "utf8"));
  expect(JSON.stringify(backup.drafts)).toContain("NC-A1");
  expect(JSON.stringify(backup)).not.toContain("token");
});

test("the database cannot be opened at first, as after a crash: the app waits, and the branch is there", async ({ endpoint, phone }) => {
  let page = await begun(phone, endpoint);
  await phone.close();
  const databases = join(phone.profile, "Default", "IndexedDB");
  const lock = join(databases, readdirSync(databases).find((name) => name.endsWith(".leveldb")), "LOCK");
  // A folder in the lock's place: LevelDB cannot take it, no more than one that another process holds.
  rmSync(lock);
  mkdirSync(lock);
  page = await phone.open();
  await page.addInitScript(() => {
    const own = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...given) {
      const request = own.apply(this, given);
      request.addEventListener("error", () => console.debug(`database: ${request.error.name}`));
      return request;
    };
  });
  const refused = page.waitForEvent("console", { predicate: (message) => message.text() === "database: UnknownError" });
  await page.goto(endpoint.url);
  await refused;
  rmdirSync(lock);
  await usable(page);
  await openItem(page, 1);
  await expect(page.getByTestId("storage-refused")).toHaveCount(0);
  await expect(page.getByTestId("earned")).toContainText("得 3 / 3 分");
});

test("a full disk: not saved is said, the answer stays, and saving again succeeds", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await page.evaluate(() => {
    globalThis.rightPut = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await page.getByRole("button", { name: "一条也没做到" }).click();
  await expect(page.getByTestId("light")).toContainText("没存上，点这里");
  await expect(page.getByTestId("earned")).toContainText("得 0 / 3 分");
  await page.getByTestId("light").click();
  await expect(page.getByRole("alert").first()).toContainText("手机存储满了");
  await page.evaluate(() => { IDBObjectStore.prototype.put = globalThis.rightPut; });
  await page.getByRole("button", { name: "再存一次" }).click();
  await expect(page.getByTestId("light")).toContainText("已存");
  await page.reload();
  await usable(page);
  await openItem(page, 1);
  await expect(page.getByTestId("earned")).toContainText("得 0 / 3 分");
});

test("two tabs at once: both edit, both show both, one sends", async ({ endpoint, phone }) => {
  const one = await begun(phone, endpoint);
  const sent = [];
  phone.context.on("request", (request) => request.method() === "PUT" && request.url().includes("/submissions/") && sent.push(request.url()));
  const two = await phone.context.newPage();
  await two.goto(endpoint.url);
  await usable(two);
  await openItem(two, 2);
  await openItem(one, 3);
  await Promise.all([answerItem(one), answerItem(two)]);
  await openItem(one, 2);
  await expect(one.getByTestId("earned")).toBeVisible();
  await openItem(two, 3);
  await expect(two.getByTestId("earned").first()).toBeVisible();
  // Reported in the tab that is not the sender.
  await submit(two);
  await sentSays(two, "已送达");
  await sentSays(one, "已送达");
  expect(new Set(sent).size).toBe(sent.length);
});

test("another tab writes in the very moment of a save: the save is taken back whole, and made again on what is there now", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await page.evaluate(() => {
    const own = IDBDatabase.prototype.transaction;
    const keys = (database) =>
      new Promise((resolve) => {
        own.call(database, ["entries"]).objectStore("entries").getAllKeys().onsuccess = ({ target }) => resolve(target.result);
      });
    globalThis.biaochiTakenBack = new Promise((resolve) => {
      let armed = true;
      IDBDatabase.prototype.transaction = function (tables, mode, options) {
        if (!armed || mode !== "readwrite" || ![tables].flat().includes("entries")) return own.call(this, tables, mode, options);
        armed = false;
        const before = keys(this);
        // The other tab's, which is first in the queue: the same draft, told in another way.
        own.call(this, ["drafts"], "readwrite").objectStore("drafts").openCursor().onsuccess = ({ target: { result } }) => {
          result?.update(` ${result.value}`);
        };
        const saving = own.call(this, tables, mode, options);
        saving.addEventListener("abort", async () => resolve([await before, await keys(this)]));
        return saving;
      };
    });
  });
  const at = await savedAt(page);
  await page.getByRole("button", { name: "一条也没做到" }).click();
  const [before, after] = await page.evaluate(() => globalThis.biaochiTakenBack);
  expect(before.length).toBeGreaterThan(0);
  expect(after).toEqual(before);
  await savedSince(page, at);
  await page.reload();
  await usable(page);
  await openItem(page, 1);
  await expect(page.getByTestId("earned")).toContainText("得 0 / 3 分");
});

for (const [name, days] of [["ahead", 365], ["behind", -365]]) {
  test(`a phone whose clock is a year ${name} reports in time, with times near the endpoint's`, async ({ endpoint, phone }) => {
    const page = await phone.open();
    await phone.setClock(days * 86_400_000);
    await activate(page, endpoint);
    await confirmProfile(page);
    await openItem(page, 1);
    await answerItem(page);
    const sent = page.waitForRequest((request) => request.method() === "PUT" && request.url().includes("/api/v1/submissions/"));
    await submit(page);
    const { made_at: madeAt, answers } = (await sent).postDataJSON();
    const HOUR = 3_600_000;
    for (const at of [madeAt, ...answers.map((answer) => answer.stamp.ms)]) expect(Math.abs(at - now())).toBeLessThan(HOUR);
    await sentSays(page, "已送达");
    await expect(page.getByTestId("sent").first()).not.toContainText("逾期");
    const [listed] = JSON.parse(await endpoint.command("review", "list", "--json"));
    expect(listed.receipt.late).toBe(false);
  });
}

test("a page closed in the middle of a save leaves the old answer or the new one", async ({ endpoint, phone }) => {
  let page = await begun(phone, endpoint);
  for (let turn = 0; turn < 5; turn++) {
    await page.getByRole("button", { name: turn % 2 ? "每条都做到了" : "一条也没做到" }).click({ noWaitAfter: true });
    await page.close({ runBeforeUnload: false });
    page = await phone.context.newPage();
    await page.goto(endpoint.url);
    await usable(page);
    await openItem(page, 1);
    await expect(page.getByTestId("earned")).toContainText(/得 [03] \/ 3 分/);
  }
});

test("unbinding is refused while anything is on this phone alone, and allowed after a backup was sent away", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await goTo(page, "/me/unbind");
  await expect(page.getByTestId("unbind")).toContainText("现在不能解除");
  await goTo(page, "/storage");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "存成文件" }).click();
  const file = await (await download).path();
  await expect(page.getByTestId("where")).toContainText("只在这部手机里：");
  await page.getByRole("button", { name: "有，看到了" }).click();
  await expect(page.getByTestId("where")).toContainText("没有只在这部手机里的");
  await expect(page.getByTestId("where")).toContainText("存成了文件（还在这部手机上）：");
  // A file on this phone goes with this phone.
  await goTo(page, "/me/unbind");
  await expect(page.getByTestId("unbind")).toContainText("文件还在这部手机上，现在不能解除");
  await page.getByRole("button", { name: "文件已经发到别处了" }).click();
  await page.getByRole("button", { name: "确实发出去了" }).click();
  await page.getByRole("button", { name: "解除绑定" }).click();
  await page.getByRole("button", { name: "确定解除，删掉手机里的" }).click();
  await expect(page.getByLabel("激活码")).toBeVisible();

  // The backup comes back on another phone of the branch, and not on one of another branch.
  const other = new Phone();
  const second = await other.open();
  await activate(second, endpoint, "210726117204");
  await goTo(second, "/storage");
  await second.getByLabel("或者把备份文字粘贴到这里").fill(readFileSync(file, "utf8"));
  await second.getByRole("button", { name: "用粘贴的恢复" }).click();
  await expect(second.getByRole("alert")).toContainText("十里村党支部");
  await activate(second, endpoint);
  await goTo(second, "/storage");
  await second.getByLabel("或者把备份文字粘贴到这里").fill(readFileSync(file, "utf8"));
  await second.getByRole("button", { name: "用粘贴的恢复" }).click();
  await expect(second.getByText(/恢复了\d+处/)).toBeVisible();
  await openItem(second, 1);
  await expect(all(second)).toHaveAttribute("aria-pressed", "true");
  await other.discard();
});

test("a backup file comes back on another phone of the branch, and meets what is newer there without harm", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await openItem(page, 2);
  await answerItem(page);
  await goTo(page, "/storage");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "存成文件" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^支部标尺备份-.*十里村党支部-\d{4}-\d{2}-\d{2}\.json$/);
  const other = new Phone();
  const second = await other.open();
  await activate(second, endpoint);
  await openItem(second, 1);
  const before = await savedAt(second);
  await second.getByRole("button", { name: "一条也没做到" }).click();
  await savedSince(second, before);
  await goTo(second, "/storage");
  const chooser = second.waitForEvent("filechooser");
  await second.getByRole("button", { name: "选备份文件" }).click();
  await (await chooser).setFiles({ name: "备份.json", mimeType: "application/json", buffer: readFileSync(await file.path()) });
  await expect(second.getByText(/恢复了\d+处/)).toBeVisible();
  await openItem(second, 1);
  await expect(second.getByTestId("earned")).toContainText("得 0 / 3 分");
  await openItem(second, 2);
  await expect(second.getByTestId("earned")).toBeVisible();
  // What came from a file is on disk.
  await second.reload();
  await usable(second);
  await expect(second.getByTestId("earned")).toBeVisible();
  await other.discard();
});

test("without a clipboard the backup is shown as text to copy, and half of it is refused", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException("refused", "NotAllowedError"));
    document.execCommand = () => false;
  });
  await goTo(page, "/storage");
  await page.getByRole("button", { name: "复制成文字" }).click();
  const text = await page.getByRole("textbox", { name: "备份文字", exact: true }).inputValue();
  expect(JSON.parse(text).branch).toBe(BRANCH);
  // What is only shown is nowhere.
  await expect(page.getByTestId("where")).toContainText("只在这部手机里：");
  await expect(page.getByTestId("carry-state")).toContainText("还不算备份");
  const paste = page.getByLabel("或者把备份文字粘贴到这里");
  await paste.fill(text.slice(0, text.length / 2));
  await page.getByRole("button", { name: "用粘贴的恢复" }).click();
  await expect(page.getByRole("alert")).toContainText("不是支部标尺的备份，或者少了一截");
  await paste.fill(text);
  await page.getByRole("button", { name: "用粘贴的恢复" }).click();
  await expect(page.getByText("手机里已经都有，没有新的")).toBeVisible();
});

test("revoked while the phone is offline: filling goes on, and the news comes with the network", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await phone.context.setOffline(true);
  await endpoint.command("device", "revoke", "--branch", BRANCH, "--all");
  await openItem(page, 2);
  await answerItem(page);
  await submit(page);
  await sentSays(page, "等网络");
  await phone.context.setOffline(false);
  await expect(page.getByRole("alert")).toContainText("已经被上级解除绑定");
  await openItem(page, 3);
  await answerItem(page);
  await activate(page, endpoint);
  await sentSays(page, "已送达");
  await openItem(page, 3);
  await expect(page.getByTestId("earned").first()).toBeVisible();
});

test("after ten answers that are nowhere else, a backup is offered", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  for (let number = 2; number <= 8; number++) {
    await openItem(page, number);
    await answerItem(page);
  }
  for (let number = 1; number <= 2; number++) {
    await openItem(page, number);
    const before = await savedAt(page);
    await page.getByRole("button", { name: "村部铁柜" }).click();
    await savedSince(page, before);
  }
  await expect(page.getByTestId("backup-offer")).toContainText("处只在这部手机里");
});

test("unsure, not applicable, taken back, and what was said before", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await openItem(page, 2);
  await page.getByRole("button", { name: "拿不准，问镇安镇党委" }).click();
  await expect(page.getByTestId("outcome")).toContainText("记在“拿不准的”里了");
  await goTo(page, "/check?show=unsure");
  await expect(page.locator(".row")).toHaveCount(1);
  // Answering takes it off the list; until the item is left, one tap brings back what was there.
  await page.locator(".row").click();
  await answerItem(page);
  await expect(page.getByTestId("outcome")).toBeHidden();
  await page.getByRole("button", { name: "改回原来的" }).click();
  await expect(page.getByTestId("outcome")).toContainText("记在“拿不准的”里了");
  await answerItem(page);
  await goTo(page, "/check?show=unsure");
  await expect(page.locator(".empty")).toBeVisible();
  // Party groups: 本支部不设.
  await openItem(page, 6);
  await page.getByRole("button", { name: "本支部不设" }).click();
  await expect(page.getByTestId("outcome")).toContainText("不计分");
  // After a report nothing is replaced silently: the history keeps both.
  await submit(page);
  await openItem(page, 1);
  await page.getByRole("button", { name: "一条也没做到" }).click();
  await page.getByText("改过什么").click();
  await expect(page.locator("details", { hasText: "改过什么" })).toContainText("每条都做到了");
});

test("withdrawn before anyone reviews it", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await submit(page);
  await sentSays(page, "已送达");
  await page.getByRole("link", { name: "看详细" }).click();
  await page.getByRole("button", { name: "撤回修改" }).click();
  await page.getByRole("button", { name: "撤回这一份" }).click();
  await expect(page.getByText("已撤回").first()).toBeVisible();
  await expect.poll(async () => JSON.parse(await endpoint.command("review", "list", "--json")).length).toBe(0);
});

test("a new version waits for the user; after the tap it runs and the answers are there", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await keptForOffline(page);
  await page.reload();
  await usable(page);
  deploy(endpoint, "新的一版");
  await endpoint.stop();
  await endpoint.serve();
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await expect(page.getByTestId("update-prompt")).toBeVisible();
  await expect(page.locator("meta[name=description]")).not.toHaveAttribute("content", "新的一版");
  await page.getByRole("button", { name: "更新" }).click();
  await expect(page.locator("meta[name=description]")).toHaveAttribute("content", "新的一版");
  await usable(page);
  await openItem(page, 1);
  await expect(page.getByTestId("earned")).toContainText("得 3 / 3 分");
});

test("an app that stops in the middle says so", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  // What the browser reports when a wasm program traps.
  await page.evaluate(() => dispatchEvent(new ErrorEvent("error", { error: new WebAssembly.RuntimeError("unreachable") })));
  await expect(page.getByRole("alert")).toContainText("已存的内容都还在");
  await page.getByRole("button", { name: "重新打开" }).click();
  await usable(page);
  await expect(page.getByTestId("earned")).toContainText("得 3 / 3 分");
});
