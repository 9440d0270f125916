// Real tables of other counties, published through the sheets and answered on a phone: every rule has its field, says what it asks
// and why points were lost, and paper says the same.
import { activate, answerAll, confirmProfile, goTo, savedAt, savedSince, score, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

const question = (page) => page.getByTestId("question");

/** The item of this title. */
async function openTitled(page, title) {
  await goTo(page, "/check?show=all");
  await page.locator(".row").filter({ hasText: title }).first().click();
  await expect(question(page)).toBeVisible();
}

/** Fills the figures of the item on the screen, in their order. */
async function fill(page, ...figures) {
  const fields = question(page).locator(".part:not([data-not-due])").getByRole("textbox");
  const before = await savedAt(page);
  for (const [place, figure] of figures.entries()) {
    await fields.nth(place).fill(String(figure));
    await fields.nth(place).press("Tab");
  }
  await savedSince(page, before);
}

/** A phone on which everything that the table asks is answered as fully met. */
async function begun(phone, endpoint, table) {
  await endpoint.command("standard", "publish", `tests/fixtures/tables/${table}`, "--yes-fewer-sectors", "--yes-without-period");
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await answerAll(page);
  return page;
}

/** What the item on the screen says that its parts earned. */
const says = (page, ...words) => Promise.all(words.map((words) => expect(question(page)).toContainText(words)));

test("a township's table of 2012: what each missing one costs, shares by the point, what takes from the total", async ({ endpoint, phone }, info) => {
  test.setTimeout(240_000);
  const page = await begun(phone, endpoint, "village_2012");
  expect(await score(page)).toBe("100");
  await openTitled(page, "集中学习");
  await fill(page, 1, 0, 1, 0);
  await says(page, "每月要求1次，2月0次、4月0次，缺2次，扣1分");
  await page.screenshot({ path: info.outputPath("each-missing.png") });
  await openTitled(page, "班子文化程度");
  await fill(page, 53, 100);
  await says(page, "占53%，达到55%得满分，低2个百分点，扣2分");
  await page.screenshot({ path: info.outputPath("by-the-point.png") });
  await openTitled(page, "信访和安全");
  await fill(page, 1);
  await says(page, "“越级上访（批）”1批，从总分里扣2分");
  await page.screenshot({ path: info.outputPath("from-total.png") });
  await openTitled(page, "群众满意率");
  await fill(page, 60, 100);
  await says(page, "低30个百分点，扣15分");
  await openTitled(page, "受到表彰");
  const before = await savedAt(page);
  await question(page).getByRole("button", { name: "没做到" }).first().click();
  await savedSince(page, before);
  await page.screenshot({ path: info.outputPath("best-of.png"), fullPage: true });

  // 100 − 1 − 2 − 15 − 2 of the recognition, and 2 from the total.
  expect(await score(page)).toBe("78");
  for (const words of ["满意的不到三分之二，不得评优", "按得分最高的“受过乡镇表彰”算，得3分"])
    await expect(page.locator("#main")).toContainText(words);
  await page.screenshot({ path: info.outputPath("result.png"), fullPage: true });
  await submit(page);
  await sentSays(page, "已送达");
  await expect(page.getByTestId("sent").first()).toContainText("服务器算的得分 78 分");
  await goTo(page, "/paper/self-assessment");
  await expect(page.getByTestId("sheet")).toContainText("从总分里扣");
  await page.screenshot({ path: info.outputPath("paper.png"), fullPage: true });
  expect(phone.faults).toEqual([]);
});

test("a table of service stations: each paper that is missing, a third of the committee, steps of ten points", async ({ endpoint, phone }, info) => {
  test.setTimeout(240_000);
  const page = await begun(phone, endpoint, "service");
  await openTitled(page, "民主测评");
  await fill(page, 90, 100, 40, 100);
  expect(await score(page)).toBe("100");
  await expect(page.locator("#main")).toContainText("不满意的超过三分之一");
  await openTitled(page, "民主测评");
  await fill(page, 67, 100, 33, 100);
  await says(page, "占67%");
  await openTitled(page, "班子结构");
  await fill(page, 1, 3);
  await says(page, "得 3 / 3 分");
  await fill(page, 33, 100);
  await says(page, "得 0 / 3 分", "三分之一");
  await openTitled(page, "参训率");
  await fill(page, 75, 100);
  await says(page, "低20个百分点，每10个扣一次，扣2分");
  await openTitled(page, "党员大会和党课");
  await fill(page, 0);
  await says(page, "缺1次，扣1分");
  await openTitled(page, "处分和通报");
  await fill(page, 1);
  await says(page, "从总分里扣2分");
  // 100 − 10 of the poll, 3, 2, 1, and 2 from the total.
  expect(await score(page)).toBe("82");
  await expect(page.locator("#main")).not.toContainText("不满意的超过三分之一");
  await page.screenshot({ path: info.outputPath("result.png"), fullPage: true });
  await submit(page);
  await sentSays(page, "已送达");
  await expect(page.getByTestId("sent").first()).toContainText("服务器算的得分 82 分");
  expect(phone.faults).toEqual([]);
});
