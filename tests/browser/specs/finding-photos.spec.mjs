// Photos before and after mending: on disk with their word, sent after it, taken off again, fetched by another phone when wanted.
import { keptForOffline, Phone, usable } from "../harness/browser.mjs";
import { BRANCH } from "../harness/endpoint.mjs";
import { openFinding, raiseFirst } from "../harness/findings.mjs";
import { add, onDisk, picture, sha256, shots, stored, withExif } from "../harness/photos.mjs";
import { activate, confirmProfile, goTo, lookAgain, openItem, savedAt, savedSince, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

const before = (page) => page.getByTestId("photos-before");
const after = (page) => page.getByTestId("photos-after");
const delivered = (page) => expect(page.getByTestId("finding-delivery")).toContainText("写的都已送到镇安镇党委", { timeout: 30_000 });
/** An item that nothing proves but what must not be photographed: 党小组和组长名单. */
const FORBIDDEN = "6";
const small = { width: 900, height: 700 };

/** Takes a photo of the row off and waits until that is on disk. */
async function takeOff(row) {
  const count = await shots(row).count();
  const saved = await savedAt(row.page());
  await shots(row).first().getByRole("button").click();
  await row.getByTestId("photo").getByRole("button", { name: "拿掉" }).click();
  await expect(shots(row)).toHaveCount(count - 1);
  await savedSince(row.page(), saved);
}

test("photos before and after survive a killed browser, go up after their words, and another phone fetches one", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  let page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  await confirmProfile(page);
  await endpoint.stop();
  await phone.context.setOffline(true);
  await raiseFirst(page);
  await expect(before(page)).toContainText("不拍也行");
  await add(before(page), withExif(await picture(page, small)));
  await add(after(page), await picture(page, { ...small, seed: 2 }), await picture(page, { ...small, seed: 3 }));
  await expect(shots(before(page))).toHaveCount(1);
  await phone.kill();

  page = await phone.open();
  await phone.context.setOffline(true);
  await page.goto(`${endpoint.url}/findings`);
  await usable(page);
  await openFinding(page, "第1条");
  await expect(shots(before(page))).toHaveCount(1);
  await expect(shots(after(page)).locator("img")).toHaveCount(2);
  expect(Object.keys(await stored(page, "photo-bytes"))).toHaveLength(3);
  await takeOff(after(page));
  await page.getByTestId("finding-history").locator("summary").click();
  await expect(page.getByTestId("finding-history")).toContainText("整改后的照片，拿掉1张");
  await shots(before(page)).getByRole("button").click();
  await expect(before(page).getByTestId("photo-state")).toHaveText("只在这部手机里，上报以后再传");
  await goTo(page, "/storage");
  await expect(page.getByTestId("photo-store")).toContainText("2张只在这部手机里，上报以后再传");
  await goTo(page, "/me/unbind");
  await expect(page.getByTestId("unbind")).toContainText("现在不能解除");
  await goTo(page, "/paper/rectification");
  await expect(page.getByTestId("sheet").locator("tbody tr").first()).toContainText("照片：整改前1张、整改后1张");

  // The words first, then the photos, each once; what was taken off stays here.
  const puts = [];
  phone.context.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (request.method() === "PUT") puts.push(pathname.startsWith("/api/v1/photos/") ? "photo" : pathname);
  });
  await submit(page);
  await openFinding(page, "第1条");
  await shots(before(page)).getByRole("button").click();
  await expect(before(page).getByTestId("photo-state")).toHaveText("只在这部手机里，有网时自己传");
  await before(page).getByRole("button", { name: "关上" }).click();
  await endpoint.serve();
  await phone.context.setOffline(false);
  await lookAgain(page);
  await delivered(page);
  await expect.poll(() => onDisk(endpoint).size, { timeout: 30_000 }).toBe(2);
  await shots(before(page)).getByRole("button").click();
  await expect(before(page).getByTestId("photo-state")).toHaveText("手机里有，服务器上也有");
  await shots(after(page)).getByRole("button").click();
  await expect(after(page).getByTestId("photo-state")).toHaveText("手机里有，服务器上也有");
  await lookAgain(page);
  expect(puts.indexOf("/api/v1/branch/findings")).toBeLessThan(puts.indexOf("photo"));
  expect(puts.filter((put) => put === "photo")).toHaveLength(2);
  for (const [name, bytes] of onDisk(endpoint)) expect(sha256(bytes)).toBe(name);
  await goTo(page, "/storage");
  await page.getByTestId("photo-store").getByRole("button", { name: "删掉没有条目、台账、整改用的1张" }).click();
  await expect(page.getByTestId("photo-store")).toContainText("手机里2张");

  // The other phone of the branch hears of them, and fetches what is tapped.
  const other = new Phone();
  const second = await other.open();
  const gets = [];
  other.context.on("request", (request) => request.url().includes("/photos/") && gets.push(request.method()));
  await activate(second, endpoint);
  await openFinding(second, "第1条");
  await expect(shots(after(second))).toHaveCount(1);
  await expect(shots(before(second))).toContainText("在另一部手机上，点一下取来");
  expect(gets).toEqual([]);
  await shots(before(second)).getByRole("button").click();
  await expect(before(second).getByTestId("photo-whole")).toBeVisible();
  await expect(shots(before(second)).locator("img")).toBeVisible();
  await expect(before(second)).toContainText("拍摄日期：没有记下来");
  expect(gets).toEqual(["GET"]);
  await before(second).getByRole("button", { name: "关上" }).click();
  await takeOff(before(second));
  await delivered(second);
  await openFinding(page, "第1条");
  await lookAgain(page);
  await expect(shots(before(page))).toHaveCount(0);
  await expect(shots(after(page))).toHaveCount(1);
  expect(other.faults).toEqual([]);
  await other.discard();
  expect(phone.faults).toEqual([]);
});

test("online a photo goes up by itself, a full phone keeps it until it can be stored, and what may not be photographed says so", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await endpoint.importFindings(["支部编号", "条目", "存在问题"], [BRANCH, "", "门牌脱落"], [BRANCH, FORBIDDEN, "档案不全"]);
  await lookAgain(page);
  await openFinding(page, "门牌脱落");
  await page.evaluate(() => {
    globalThis.rightPut = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
  });
  const chooser = page.waitForEvent("filechooser");
  await after(page).getByRole("button", { name: "选照片" }).click();
  await (await chooser).setFiles({ name: "1.jpg", mimeType: "image/jpeg", buffer: await picture(page, small) });
  await expect(after(page).getByRole("button", { name: "再存一次照片" })).toBeVisible({ timeout: 30_000 });
  await expect(shots(after(page))).toHaveCount(0);
  await page.evaluate(() => { IDBObjectStore.prototype.put = globalThis.rightPut; });
  await after(page).getByRole("button", { name: "再存一次照片" }).click();
  await expect(shots(after(page))).toHaveCount(1);
  await delivered(page);
  await expect.poll(() => onDisk(endpoint).size, { timeout: 30_000 }).toBe(1);

  await openFinding(page, "档案不全");
  await expect(page.getByTestId("finding-photos")).toContainText("这类材料不能拍照，只写原件放在哪");
  await expect(page.getByRole("button", { name: "选照片" })).toHaveCount(0);
});

test("a photo that an item has serves a finding as well, and goes up with it", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await endpoint.importFindings(["支部编号", "条目", "存在问题"], [BRANCH, "", "门牌脱落"], [BRANCH, FORBIDDEN, "档案不全"]);
  await lookAgain(page);
  // What a photo may serve is told as it is when one asks.
  await goTo(page, "/findings");
  await expect(page.getByText("门牌脱落").first()).toBeVisible();
  await openItem(page, 1);
  await add(page, await picture(page, small));
  await shots(page).getByRole("button").click();
  await page.getByRole("button", { name: "也用于别的条目、台账、整改" }).click();
  await expect(page.getByRole("checkbox", { name: /档案不全/ })).toHaveCount(0);
  await expect(page.getByRole("checkbox", { name: /门牌脱落/ })).toHaveCount(2);
  const saved = await savedAt(page);
  await page.getByRole("checkbox", { name: "整改后：门牌脱落" }).click();
  await savedSince(page, saved);
  await openFinding(page, "门牌脱落");
  await expect(shots(after(page))).toHaveCount(1);
  await expect(shots(before(page))).toHaveCount(0);
  await delivered(page);
  await expect.poll(() => onDisk(endpoint).size, { timeout: 30_000 }).toBe(1);
});
