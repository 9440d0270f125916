// Evidence photos: never compulsory, never more than a picture, on disk before they are shown, sent once, never lost.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { keptForOffline, Phone, usable } from "../harness/browser.mjs";
import { day, said } from "../harness/clock.mjs";
import { enter } from "../harness/ledger.mjs";
import { add, choose, heic, onDisk, picture, pixelBomb, sha256, shots, sizeOf, stored, withExif } from "../harness/photos.mjs";
import { activate, answerItem, confirmProfile, goTo, lookAgain, openItem, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

/** A phone that has answered the first item. */
async function begun(phone, endpoint) {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, 1);
  await answerItem(page);
  return page;
}

test("a photo is made offline, belongs to two items, goes up after the answers, and another phone sees it", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  let page = await begun(phone, endpoint);
  await keptForOffline(page);
  await phone.context.setOffline(true);
  const taken = withExif(await picture(page), { orientation: 6 });
  expect(taken.includes("Secret Phone 9")).toBe(true);
  await add(page, taken);

  // What lies on the phone: upright, small, and nothing but the picture.
  const [[key, text]] = Object.entries(await stored(page, "photo-bytes"));
  const bytes = Buffer.from(text, "base64");
  expect(key).toBe(`210726117203/${sha256(bytes)}`);
  expect(sizeOf(bytes)).toEqual({ width: 1200, height: 1600 });
  expect(bytes.length).toBeLessThan(310_000);
  for (const trace of ["Exif", "Secret", day(-4).replaceAll("-", ":"), "GPS"]) expect(bytes.includes(trace), trace).toBe(false);
  const thumbnail = Buffer.from(Object.values(await stored(page, "thumbnails"))[0], "base64");
  expect(sizeOf(thumbnail)).toEqual({ width: 180, height: 240 });

  // Both dates, and another item.
  await shots(page).first().getByRole("button").click();
  const open = page.getByTestId("photo");
  await expect(open).toContainText(`拍摄日期：${said(day(-4))}（照相机记的）`);
  await expect(open).toContainText("只在这部手机里");
  // Held upright: what was left lies on top.
  const tops = await page.getByTestId("photo-whole").evaluate((image) => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const mean = (y) => {
      const { data } = context.getImageData(0, y, canvas.width, 200);
      const sum = [0, 0, 0];
      for (let at = 0; at < data.length; at++) if (at % 4 < 3) sum[at % 4] += data[at];
      return sum[0] > sum[2] ? "red" : "blue";
    };
    return [mean(0), mean(canvas.height - 200)];
  });
  expect(tops).toEqual(["red", "blue"]);
  await open.getByLabel("事情是哪天的").fill(day(-5));
  await open.getByRole("button", { name: "也用于别的条目" }).click();
  await open.getByRole("checkbox", { name: /^第2条 / }).click();
  await openItem(page, 2);
  await expect(shots(page)).toHaveCount(1);
  await answerItem(page);

  // Taken off one, it stays with the other; the page may be closed in between.
  await page.reload();
  await usable(page);
  await openItem(page, 2);
  await expect(shots(page)).toHaveCount(1);
  await expect(shots(page).getByRole("button")).toHaveAttribute("aria-label", `${said(day(-5))}的照片`);
  await openItem(page, 3);
  await add(page, withExif(await picture(page, { seed: 2 })));
  await shots(page).getByRole("button").click();
  await page.getByTestId("photo").getByRole("button", { name: "拿掉" }).click();
  await expect(shots(page)).toHaveCount(0);
  await add(page, await picture(page, { seed: 3, width: 800, height: 600 }));

  await submit(page);
  await sentSays(page, "等网络");
  // Reported already: no other 上报 is asked for, and the one that nothing uses is not counted.
  await goTo(page, "/storage");
  await expect(page.getByTestId("photo-store")).toContainText("上报过的2张只在这部手机里，有网时自己传");
  await expect(page.getByTestId("photo-store")).not.toContainText("上报以后再传");
  // One at a time.
  let [under, most] = [0, 0];
  const puts = [];
  phone.context.on("request", (request) => {
    if (!request.url().includes("/photos/") || request.method() !== "PUT") return;
    puts.push(request.url());
    most = Math.max(most, ++under);
  });
  phone.context.on("response", (response) => { if (response.url().includes("/photos/") && response.request().method() === "PUT") under--; });
  await phone.context.setOffline(false);
  await sentSays(page, "已送达，镇安镇党委未审");
  expect([puts.length, most]).toEqual([2, 1]);
  const there = onDisk(endpoint);
  expect([...there.keys()].sort()).toEqual(puts.map((url) => url.split("/").pop()).sort());
  for (const [name, bytes] of there) expect(sha256(bytes)).toBe(name);

  // What the endpoint has may go; the small picture stays, and it is fetched again when wanted.
  await goTo(page, "/storage");
  const store = page.getByTestId("photo-store");
  await expect(store).toContainText("手机里3张");
  await store.getByRole("button", { name: /^从手机里清掉服务器已有的2张/ }).click();
  await expect(store).toContainText("清掉了2张");
  await store.getByRole("button", { name: "删掉没有条目、台账、整改用的1张" }).click();
  await expect(store).toContainText("手机里0张");
  expect(Object.keys(await stored(page, "photo-bytes"))).toHaveLength(0);
  await openItem(page, 1);
  await shots(page).getByRole("button").click();
  await expect(page.getByTestId("photo-whole")).toBeVisible();
  await expect(page.getByTestId("photo")).toContainText("手机里有，服务器上也有");

  // The second phone of the branch.
  await goTo(page, "/me/phone");
  await page.getByRole("button", { name: /要一个激活码/ }).click();
  const code = await page.getByTestId("device-code").innerText();
  const other = new Phone();
  const second = await other.open();
  await second.goto(endpoint.url);
  await usable(second);
  await second.getByLabel("激活码").fill(code);
  await second.getByRole("button", { name: "启用" }).click();
  await second.getByRole("button", { name: "看明白了，开始用" }).click();
  await expect(second.getByTestId("light")).toContainText("第1次已送达");
  const gets = [];
  other.context.on("request", (request) => request.url().includes("/photos/") && gets.push(request.method()));
  await openItem(second, 1);
  await expect(shots(second)).toHaveCount(1);
  await expect(shots(second)).toContainText("在另一部手机上");
  expect(gets).toEqual([]);
  await shots(second).getByRole("button").click();
  await expect(second.getByTestId("photo-whole")).toBeVisible();
  await expect(second.getByTestId("photo")).toContainText(`拍摄日期：${said(day(-4))}`);
  await expect(second.getByLabel("事情是哪天的")).toHaveValue(day(-5));
  await expect(shots(second).locator("img")).toBeVisible();
  expect(gets).toEqual(["GET"]);
  await other.discard();
  expect(phone.faults).toEqual([]);
});

test("files that are no photos are refused with what to do, and nothing of them is kept", async ({ endpoint, phone }, info) => {
  test.setTimeout(120_000);
  const page = await begun(phone, endpoint);
  const huge = info.outputPath("huge.jpg");
  writeFileSync(huge, Buffer.concat([(await picture(page)).subarray(0, 60_000), Buffer.alloc(100 * 1024 * 1024)]));
  const cut = (await picture(page)).subarray(0, 3_000);
  for (const [name, file, words] of [
    ["nothing", Buffer.alloc(0), "是空的，或者坏了"],
    ["SVG", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), "不是照片"],
    ["a page", Buffer.from("<!doctype html><script>alert(1)</script>"), "不是照片"],
    ["a pixel bomb", pixelBomb(), "太大"],
    ["HEIC", heic(), "多半是HEIC"],
    ["100 MB", huge, "太大"],
    ["a fragment", cut.subarray(0, 300), "坏了"],
  ]) {
    await choose(page, file);
    await expect(page.getByTestId("photos").getByRole("alert"), name).toContainText(words);
    await expect(shots(page), name).toHaveCount(0);
  }
  for (const table of ["photos", "photo-bytes", "thumbnails"]) expect(await stored(page, table)).toEqual({});
  // A polyglot is a picture: what was hidden in it and behind it does not come along.
  const hidden = Buffer.concat([withExif(await picture(page), { model: "<script>alert(1)</script>" }), Buffer.from("PK\x05\x06<html>")]);
  await add(page, hidden);
  const bytes = Buffer.from(Object.values(await stored(page, "photo-bytes"))[0], "base64");
  for (const trace of ["<script>", "<html>", "PK\x05"]) expect(bytes.includes(trace), trace).toBe(false);
  expect(bytes.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
  // Several at once, of which one is none: the others are taken.
  await choose(page, await picture(page, { seed: 5, width: 600, height: 400 }), Buffer.from("x"), await picture(page, { seed: 6, width: 600, height: 400 }));
  await expect(shots(page)).toHaveCount(3);
  await expect(page.getByTestId("photos").getByRole("alert")).toContainText("不是照片");
});

test("what must not be photographed says so, and a full phone keeps the photo until it can be stored", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  let forbidden = 0;
  for (const number of [1, 9, 17, 20, 25, 27, 28, 44]) {
    await openItem(page, number);
    if (await page.getByText("这类材料不能拍照").count()) {
      forbidden++;
      await expect(page.getByRole("button", { name: "拍照" })).toHaveCount(0);
    } else await expect(page.getByTestId("take-photo")).toContainText("不拍也行");
  }
  await openItem(page, 1);
  await page.evaluate(() => {
    globalThis.rightPut = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
  });
  await choose(page, await picture(page, { width: 600, height: 400 }));
  await expect(page.getByTestId("photos").getByRole("alert")).toContainText("手机存储满了");
  await expect(shots(page)).toHaveCount(0);
  await page.evaluate(() => { IDBObjectStore.prototype.put = globalThis.rightPut; });
  await page.getByRole("button", { name: "再存一次照片" }).click();
  await expect(shots(page)).toHaveCount(1);
  await expect(page.getByRole("button", { name: "再存一次照片" })).toHaveCount(0);
});

test("leaving the page while a photo is made, or on a full phone, loses none of them", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await begun(phone, endpoint);
  const asksBeforeLeaving = () => page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));
  const again = page.getByRole("button", { name: "再存一次照片" });
  const row = page.getByTestId("photos");

  // Left as soon as the file was chosen: it is made and stored all the same.
  await choose(page, await picture(page));
  await goTo(page, "/ledger");
  await expect.poll(async () => Object.keys(await stored(page, "photo-bytes")).length, { timeout: 30_000 }).toBe(1);
  await expect.poll(asksBeforeLeaving).toBe(false);
  await openItem(page, 2);
  await expect(shots(page)).toHaveCount(0);
  await openItem(page, 1);
  await expect(shots(page)).toHaveCount(1);

  // A full phone: the photo waits, its own row says so when she comes back, and no other does.
  await page.evaluate(() => {
    globalThis.rightPut = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
  });
  await choose(page, await picture(page, { seed: 2, width: 600, height: 400 }));
  await expect(row.getByRole("alert")).toContainText("别关掉这个网页");
  expect(await asksBeforeLeaving()).toBe(true);
  await openItem(page, 2);
  await expect(row).toBeVisible();
  await expect(again).toHaveCount(0);
  await openItem(page, 1);
  await expect(row.getByRole("alert")).toContainText("点“再存一次照片”");
  await expect(shots(page)).toHaveCount(1);

  // There is room again: the button, while more photos are being made. One at a time is stored, and each of them is.
  await page.evaluate(() => { IDBObjectStore.prototype.put = globalThis.rightPut; });
  await choose(page, await picture(page, { seed: 3 }), await picture(page, { seed: 4 }));
  await page.evaluate(() => {
    for (const button of document.querySelectorAll("[data-testid=photos] button")) if (button.textContent.trim() === "再存一次照片") button.click();
  });
  await expect(shots(page)).toHaveCount(4, { timeout: 30_000 });
  await expect(again).toHaveCount(0);
  expect(Object.keys(await stored(page, "photo-bytes"))).toHaveLength(4);
  await expect.poll(asksBeforeLeaving).toBe(false);
});

test("a photo taken just before she turns to an item stays with the entry of the ledger that it was taken for", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await begun(phone, endpoint);
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议" });
  await goTo(page, "/ledger");
  await page.getByTestId("month").getByRole("link", { name: /支委会/ }).first().click();
  await expect(page.getByTestId("ledger-entry")).toBeVisible();
  await choose(page, await picture(page, { seed: 7 }));
  await openItem(page, 1);
  await expect(page.getByTestId("photos")).toBeVisible();
  await expect.poll(async () => Object.keys(await stored(page, "photo-bytes")).length, { timeout: 30_000 }).toBe(1);
  await expect(shots(page)).toHaveCount(0);
  await goTo(page, "/ledger");
  await page.getByTestId("month").getByRole("link", { name: /支委会/ }).first().click();
  await expect(shots(page)).toHaveCount(1);
});

test("the browser killed while a photo is being saved: whole or not at all, and nothing else is lost", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  let page = await begun(phone, endpoint);
  await add(page, await picture(page, { width: 800, height: 600 }));
  const more = await picture(page, { width: 3000, height: 2000, seed: 9 });
  for (const moment of ["making", "put", "committed"]) {
    await page.evaluate(() => {
      const own = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...given) {
        if (this.name === "photo-bytes") {
          console.debug("photo: put");
          this.transaction.addEventListener("complete", () => console.debug("photo: committed"));
        }
        return own.apply(this, given);
      };
    });
    const reached =
      moment === "making"
        ? page.getByText("正在处理照片").waitFor()
        : page.waitForEvent("console", { predicate: (message) => message.text() === `photo: ${moment}` });
    await choose(page, more);
    await reached;
    await phone.kill();
    page = await phone.open();
    await page.goto(endpoint.url);
    await usable(page);
    await openItem(page, 1);
    await expect(page.getByTestId("earned").first()).toBeVisible();
    const [photos, bytes, thumbnails] = [await stored(page, "photos"), await stored(page, "photo-bytes"), await stored(page, "thumbnails")];
    expect(Object.keys(bytes)).toEqual(Object.keys(photos));
    expect(Object.keys(thumbnails)).toEqual(Object.keys(photos));
    await expect(shots(page)).toHaveCount(Object.keys(photos).length);
    for (const [key, text] of Object.entries(bytes)) expect(key.endsWith(sha256(Buffer.from(text, "base64")))).toBe(true);
  }
});

test("killed while photos go up, and the endpoint too: each arrives once, and the submission becomes complete", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  let page = await begun(phone, endpoint);
  const three = [];
  for (const seed of [1, 2, 3]) three.push(await picture(page, { seed, width: 900, height: 700 }));
  await add(page, ...three);
  // The first arrives but its answer is lost with the endpoint; the browser dies with the second on its way.
  let puts = 0;
  let seen;
  const dying = new Promise((resolve) => { seen = resolve; });
  await page.route("**/api/v1/photos/*", async (route) => {
    if (route.request().method() !== "PUT") return route.continue();
    if (++puts > 1) return seen();
    await route.fetch();
    await endpoint.kill();
    await route.abort();
    await endpoint.serve();
  });
  await submit(page);
  await sentSays(page, "已送达，照片还差");
  await expect.poll(() => puts, { timeout: 60_000 }).toBe(1);
  await expect.poll(async () => { await lookAgain(page); return puts; }, { timeout: 60_000, intervals: [1_000] }).toBe(2);
  await dying;
  expect(onDisk(endpoint).size).toBe(1);
  await phone.kill();
  page = await phone.open();
  const again = [];
  phone.context.on("request", (request) => request.url().includes("/photos/") && again.push(request.method()));
  await page.goto(endpoint.url);
  await usable(page);
  await sentSays(page, "已送达，镇安镇党委未审");
  expect(again.filter((method) => method === "PUT")).toHaveLength(2);
  expect(onDisk(endpoint).size).toBe(3);
  for (const [name, bytes] of onDisk(endpoint)) expect(sha256(bytes)).toBe(name);
  expect(Object.keys(await stored(page, "photo-bytes"))).toHaveLength(3);
});

test("what a restored server lacks goes up again, and what nobody has any more is said plainly", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await begun(phone, endpoint);
  await add(page, await picture(page, { width: 900, height: 700 }));
  await submit(page);
  await sentSays(page, "已送达，镇安镇党委未审");
  // The endpoint finds out at its start, or when it is asked for the very photo.
  const restore = async () => {
    await endpoint.stop();
    const folder = endpoint.database.replace(/[^/]*$/, "photos");
    for (const branch of readdirSync(folder)) for (const name of readdirSync(`${folder}/${branch}`)) rmSync(`${folder}/${branch}/${name}`);
    expect(onDisk(endpoint).size).toBe(0);
    await endpoint.serve();
  };
  await restore();
  await lookAgain(page);
  await expect.poll(() => onDisk(endpoint).size, { timeout: 30_000 }).toBe(1);

  await goTo(page, "/storage");
  await page.getByTestId("photo-store").getByRole("button", { name: /^从手机里清掉服务器已有的1张/ }).click();
  await expect(page.getByTestId("photo-store")).toContainText("清掉了1张");
  await restore();
  await openItem(page, 1);
  await shots(page).getByRole("button").click();
  const open = page.getByTestId("photo");
  await expect(open.getByRole("alert")).toContainText("就谁也没有这张照片了");
  await expect(open.getByRole("alert")).toContainText("可以点“拿掉”");
  await expect(page.getByTestId("photo-state")).toHaveText("不在这部手机里");
  await open.getByRole("button", { name: "拿掉" }).click();
  await expect(shots(page)).toHaveCount(0);
});

test("an entry of the ledger has photos as an item does, one photo serves both, and inspectors are shown it", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await begun(phone, endpoint);
  await enter(page, { kinds: ["谈心谈话"], present: 2, topic: "入党积极分子谈话" });
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议" });
  const openEntry = async (words) => {
    await goTo(page, "/ledger");
    await page.getByTestId("month").getByRole("link", { name: words }).first().click();
    await expect(page.getByTestId("ledger-entry")).toBeVisible();
  };
  await openEntry(/谈心谈话/);
  await expect(page.getByText("这类材料不能拍照")).toBeVisible();
  await expect(page.getByTestId("take-photo")).toHaveCount(0);

  await openEntry(/支委会/);
  await add(page, await picture(page, { width: 900, height: 700 }), await picture(page, { seed: 2, width: 900, height: 700 }));
  expect(Object.keys(await stored(page, "photo-bytes"))).toHaveLength(2);
  await shots(page).last().getByRole("button").click();
  await page.getByTestId("photo").getByRole("button", { name: "拿掉" }).click();
  await expect(shots(page)).toHaveCount(1);
  await shots(page).getByRole("button").click();
  await page.getByTestId("photo").getByRole("button", { name: "也用于别的条目" }).click();
  await page.getByTestId("photo").getByRole("checkbox", { name: /^第1条 / }).click();
  await page.getByText("改过什么").click();
  await expect(page.locator("details", { hasText: "改过什么" })).toContainText("拿掉1张照片");
  await goTo(page, "/me/unbind");
  await expect(page.getByTestId("unbind")).toContainText("只在这部手机里");

  await page.reload();
  await usable(page);
  await openItem(page, 1);
  await expect(shots(page)).toHaveCount(1);
  await shots(page).getByRole("button").click();
  await page.getByTestId("photo").getByRole("button", { name: "也用于别的条目" }).click();
  const inLedger = page.getByTestId("photo").getByRole("checkbox", { name: /日 支委会/ });
  await expect(inLedger).toHaveAttribute("aria-checked", "true");
  await expect(page.getByTestId("photo").getByRole("checkbox", { name: /日 谈心谈话/ })).toHaveCount(0);
  // With the item no more: the ledger alone names it, and it goes up all the same.
  await page.getByTestId("photo").getByRole("button", { name: "拿掉" }).click();
  await expect(shots(page)).toHaveCount(0);
  await submit(page);
  await sentSays(page, "已送达，镇安镇党委未审");
  await expect.poll(() => onDisk(endpoint).size).toBe(1);
  await goTo(page, "/storage");
  await page.getByTestId("photo-store").getByRole("button", { name: "删掉没有条目、台账、整改用的1张" }).click();
  await expect(page.getByTestId("photo-store")).toContainText("手机里1张");

  // 现场查阅: large, and nothing about it can be changed.
  await goTo(page, "/inspection?in=boxes");
  await page.locator(".row", { has: page.locator(".row-number", { hasText: /^28$/ }) }).click();
  const shown = page.getByTestId("shown-photos");
  await expect(shown.locator(".shot img")).toHaveCount(1);
  await shown.locator(".shot").getByRole("button").click();
  await expect(page.getByTestId("photo-whole")).toBeVisible();
  await expect(shown.locator("input, [role=checkbox]")).toHaveCount(0);
  await expect(shown.getByRole("button", { name: "拿掉" })).toHaveCount(0);
  expect(phone.faults).toEqual([]);
});

test("the tables of a phone from before photos are brought along, and nothing in them is lost", async ({ endpoint, phone }) => {
  const page = await begun(phone, endpoint);
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议" });
  await page.goto(`${endpoint.url}/manifest.webmanifest`);
  // As the version before made them: the same records, in a database of version 3, without the tables of photos, findings and what is unfinished.
  const before = await page.evaluate(async () => {
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const now = await done(indexedDB.open("biaochi"));
    const kept = {};
    for (const name of now.objectStoreNames) {
      const store = now.transaction(name).objectStore(name);
      const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
      if (!/^(photo|thumbnail|findings|unfinished)/.test(name)) kept[name] = keys.map((key, place) => [key, values[place]]);
    }
    now.close();
    await done(indexedDB.deleteDatabase("biaochi"));
    const request = indexedDB.open("biaochi", 3);
    request.onupgradeneeded = () => Object.keys(kept).forEach((name) => request.result.createObjectStore(name));
    const old = await done(request);
    const writing = old.transaction(Object.keys(kept), "readwrite");
    for (const [name, records] of Object.entries(kept)) for (const [key, value] of records) writing.objectStore(name).put(value, key);
    await new Promise((resolve) => { writing.oncomplete = resolve; });
    old.close();
    return kept;
  });
  expect(Object.keys(before)).toHaveLength(9);
  await page.goto(endpoint.url);
  await usable(page);
  for (const table of ["bindings", "checklists", "drafts", "entries", "ledger"]) {
    expect(Object.entries(await stored(page, table)), table).toEqual(before[table]);
  }
  await openItem(page, 1);
  await expect(page.getByTestId("earned").first()).toBeVisible();
  await add(page, await picture(page, { width: 600, height: 400 }));

  // Off everything at once, wherever it is used.
  await shots(page).getByRole("button").click();
  await page.getByTestId("photo").getByRole("button", { name: "也用于别的条目" }).click();
  await page.getByTestId("photo").getByRole("checkbox", { name: /日 支委会/ }).click();
  await goTo(page, "/photos");
  await shots(page).getByRole("button").click();
  await page.getByTestId("photo").getByRole("button", { name: "从条目、台账和整改里都拿掉" }).click();
  await openItem(page, 1);
  await expect(shots(page)).toHaveCount(0);
  await goTo(page, "/storage");
  await page.getByTestId("photo-store").getByRole("button", { name: "删掉没有条目、台账、整改用的1张" }).click();
  await expect(page.getByTestId("photo-store")).toHaveCount(0);
  for (const table of ["photos", "photo-bytes", "thumbnails"]) expect(await stored(page, table)).toEqual({});
});

test("uploading waits when she says so, goes on when she says so, and says what the endpoint refuses", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await begun(phone, endpoint);
  await add(page, await picture(page, { width: 900, height: 700 }), await picture(page, { seed: 4, width: 900, height: 700 }));
  await goTo(page, "/storage");
  const store = page.getByTestId("photo-store");
  await store.getByRole("button", { name: "暂停上传照片" }).click();
  await submit(page);
  await sentSays(page, "已送达，照片还差2张");
  await page.reload();
  await usable(page);
  await goTo(page, "/storage");
  await expect(store).toContainText("上传暂停了");
  expect(onDisk(endpoint).size).toBe(0);
  // Not unbound while they are here alone.
  await goTo(page, "/me/unbind");
  await expect(page.getByTestId("unbind")).toContainText("还有2张照片只在这部手机里");
  await goTo(page, "/storage");
  let refuse = true;
  await page.route("**/api/v1/photos/*", (route) => {
    if (!refuse || route.request().method() !== "PUT") return route.continue();
    refuse = false;
    const body = JSON.stringify({ type: "too-many-photos", status: 409, detail: "full" });
    return route.fulfill({ status: 409, headers: { "biaochi-server": "1", "content-type": "application/problem+json" }, body });
  });
  await store.getByRole("button", { name: "继续上传照片" }).click();
  await expect(store).toContainText("有1张服务器没有收");
  await expect(store.getByRole("alert")).toContainText("照片太多");
  await expect.poll(() => onDisk(endpoint).size).toBe(1);
  await store.getByRole("button", { name: "再传一次" }).click();
  await expect(store).toContainText("其中2张服务器上也有");
  await sentSays(page, "已送达，镇安镇党委未审");
});
