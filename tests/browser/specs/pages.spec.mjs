// Every page, in every look: nothing that axe minds, nothing that scrolls sideways, no target too small.
import { keptForOffline, Phone, usable } from "../harness/browser.mjs";
import { faultsOf } from "../harness/legible.mjs";
import { PAGES, prepared, setLook } from "../harness/pages.mjs";
import { activate, answerItem, confirmProfile, goTo, openItem } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";
import { deploy } from "../harness/update.mjs";

const LOOKS = [
  { name: "平常", width: 360 },
  { name: "阳光下", theme: "阳光下", width: 360 },
  { name: "特大字 at 320 px", size: "特大字", width: 320 },
  { name: "特大字 at 320 px, 阳光下", size: "特大字", theme: "阳光下", width: 320 },
];

test("every page, in both themes and at 特大字 on 320 px, can be read and touched", async ({ endpoint, phone }) => {
  test.setTimeout(420_000);
  const page = await phone.open();
  await prepared(page, endpoint);
  const faults = {};
  for (const look of LOOKS) {
    await page.setViewportSize({ width: look.width, height: 780 });
    await setLook(page, look);
    for (const [name, open] of Object.entries(PAGES)) {
      await open(page);
      const found = await faultsOf(page);
      if (found.length) faults[`${name}, ${look.name}`] = found;
    }
  }
  expect(faults).toEqual({});
});

/** Gives the page a look that cannot be chosen yet before a branch is bound. */
const wear = (page, { size, theme }) =>
  page.evaluate(([size, theme]) => {
    if (size) document.documentElement.dataset.size = "huge";
    if (theme) document.documentElement.dataset.theme = "sunlight";
  }, [size, theme]);

for (const look of LOOKS) {
  test(`what stands before the pages and in their way can be read and touched: ${look.name}`, async ({ endpoint, phone }) => {
    test.setTimeout(120_000);
    const faults = {};
    const examine = async (name, page) => {
      await wear(page, look);
      const found = await faultsOf(page);
      if (found.length) faults[name] = found;
    };
    const wechat = new Phone({ userAgent: "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0.50" });
    const inside = await wechat.open();
    await inside.setViewportSize({ width: look.width, height: 780 });
    await inside.goto(endpoint.url);
    await usable(inside);
    await examine("inside WeChat", inside);
    await wechat.discard();

    const page = await phone.open();
    await page.setViewportSize({ width: look.width, height: 780 });
    await page.goto(endpoint.url);
    await usable(page);
    await examine("activation", page);
    await page.getByLabel("激活码").fill("12345");
    await page.getByRole("button", { name: "启用" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await examine("activation refused", page);
    const { link } = await endpoint.issueCode("210702002001");
    await page.goto("about:blank");
    await page.goto(link);
    await expect(page.getByTestId("notice")).toBeVisible();
    await examine("notice", page);
    await page.getByRole("button", { name: "看明白了，开始用" }).click();
    await expect(page.getByTestId("nothing-yet")).toBeVisible();
    await examine("no standard yet", page);

    await activate(page, endpoint);
    await goTo(page, "/profile");
    await examine("profile, empty", page);
    await confirmProfile(page);
    await examine("home, two branches", page);
    await openItem(page, 2);
    await page.getByRole("button", { name: /^拿不准/ }).click();
    await examine("question, unsure", page);
    // Much that is on this phone alone.
    for (let number = 3; number <= 12; number++) {
      await openItem(page, number);
      await answerItem(page);
    }
    await expect(page.getByTestId("backup-offer")).toBeVisible();
    await goTo(page, "/me/unbind");
    await examine("backup offered, unbinding refused", page);

    await keptForOffline(page);
    await page.reload();
    await usable(page);
    await endpoint.kill();
    deploy(endpoint, "新的一版");
    await endpoint.serve();
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    await expect(page.getByTestId("update-prompt")).toBeVisible();
    await examine("a new version", page);

    await page.evaluate(() => {
      IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
    });
    await openItem(page, 1);
    await page.getByRole("checkbox").first().click();
    await expect(page.getByTestId("light")).toContainText("没存上");
    await examine("not saved", page);
    await page.getByTestId("light").click();
    await expect(page.getByRole("button", { name: "再存一次" })).toBeVisible();
    await examine("not saved, and what to do", page);
    expect(faults).toEqual({});
  });
}
