// Paper: made on the phone without a network, with the figures of the screen; its worker comes after the first visit.
import { hasPaper, keptForOffline, keptForPaper, paperAddress, usable } from "../harness/browser.mjs";
import { until } from "../harness/endpoint.mjs";
import { enter } from "../harness/ledger.mjs";
import { answeredWithShortfalls } from "../harness/pages.mjs";
import { activate, answerItem, confirmProfile, goTo, libraryHere, openItem, savedAt, savedSince, score, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";
import { corrupt, deploy, renamePaper } from "../harness/update.mjs";
import { partOf, textsOf, wordsOf } from "../harness/xlsx.mjs";

/** Makes the form on the screen as a file of this kind and answers where it was saved. */
async function saved(page, kind, info) {
  await page.getByRole("button", { name: `做成${kind}` }).click();
  const made = page.getByTestId("made");
  await expect(made).toContainText(kind === "Word" ? ".docx" : ".xlsx", { timeout: 30_000 });
  const download = page.waitForEvent("download");
  await made.getByRole("button", { name: "存到手机" }).click();
  const file = await download;
  const path = info.outputPath(file.suggestedFilename());
  await file.saveAs(path);
  await expect(made).toContainText("有了就是存好了");
  return path;
}

test("the worker for paper comes after the first visit, by itself, and paper is made offline from then on", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  let page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  expect(await hasPaper(page)).toBe(false);
  await until("the worker for paper is kept", () => hasPaper(page), 40_000);
  await endpoint.stop();
  await phone.close();
  page = await phone.open();
  await page.goto(`${endpoint.url}/paper/self-assessment`);
  await usable(page);
  await page.getByRole("button", { name: "做成Excel" }).click();
  await expect(page.getByTestId("made")).toContainText(".xlsx", { timeout: 30_000 });
  expect(phone.faults).toEqual([]);
});

test("asked for without a network before it is there, it says to go online once; then it works", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  await endpoint.stop();
  await goTo(page, "/paper/self-assessment");
  await page.getByRole("button", { name: "做成Word" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "纸1" });
  await expect(alert).toContainText("还没有下载到这部手机");
  await expect(alert).toContainText("联上网");
  await endpoint.serve();
  await page.getByRole("button", { name: "做成Word" }).click();
  await expect(page.getByTestId("made")).toContainText(".docx", { timeout: 30_000 });
  await expect(alert).toBeHidden();
});

test("wrong bytes are never taken for the worker, and fetching goes on with what is missing", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  await endpoint.kill();
  const script = (await paperAddress(page)).slice(1);
  const repair = corrupt(endpoint, script);
  await endpoint.serve();
  await goTo(page, "/paper/rectification");
  await page.getByRole("button", { name: "做成Word" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "纸1" })).toBeVisible();
  expect(await hasPaper(page)).toBe(false);
  await endpoint.kill();
  repair();
  await endpoint.serve();
  await keptForPaper(page);
  await endpoint.stop();
  await page.getByRole("button", { name: "做成Word" }).click();
  await expect(page.getByTestId("made")).toContainText(".docx", { timeout: 30_000 });
});

test("an update brings the worker along, and only the new version's is used", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await keptForOffline(page);
  await keptForPaper(page);
  const before = await paperAddress(page);
  await endpoint.kill();
  const after = renamePaper(endpoint);
  deploy(endpoint, "第二版");
  await endpoint.serve();
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  const agree = page.getByTestId("update-prompt").getByRole("button", { name: "更新" });
  await expect(agree).toBeVisible();
  // The page of the old version still has the old worker, also without a network.
  await endpoint.stop();
  await goTo(page, "/paper/rectification");
  expect(await paperAddress(page)).toBe(before);
  await page.getByRole("button", { name: "做成Word" }).click();
  await expect(page.getByTestId("made")).toContainText(".docx", { timeout: 30_000 });
  await agree.click();
  await expect.poll(() => paperAddress(page).catch(() => null)).toBe(after);
  await usable(page);
  await page.getByRole("button", { name: "做成Excel" }).click();
  await expect(page.getByTestId("made")).toContainText(".xlsx", { timeout: 30_000 });
});

test("every form is exported offline with the figures of the screen, and printed", async ({ endpoint, phone }, info) => {
  test.setTimeout(240_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await answeredWithShortfalls(page);
  const own = await score(page);
  const aspects = (await page.getByTestId("total").locator("tbody tr").allInnerTexts()).map((row) => row.split(/\s+/).filter(Boolean));
  const lost = await page.locator(".shortfall").allInnerTexts();
  expect(lost.length).toBeGreaterThanOrEqual(2);
  await submit(page);
  await keptForOffline(page);
  await keptForPaper(page);
  await endpoint.stop();
  await phone.context.setOffline(true);

  await goTo(page, "/result");
  await page.getByRole("link", { name: "导出纸质材料" }).click();
  await page.getByRole("link", { name: /^自评表 每条/ }).click();
  const word = wordsOf(await saved(page, "Word", info));
  expect(word).toContain(`${own}分（自评估算，不是评定结果）`);
  expect(word).toContain("示例标准");
  for (const heading of ["序号", "考核项目", "考核指标", "评分标准", "分值", "自评纪实（扣分原因）", "自评得分", "考评得分", "备注", "申报等次", "支部意见", "乡镇党委意见", "县（市、区）委组织部意见"])
    expect(word).toContain(heading);
  expect(word).toContain("支委会研究，内容属实。");
  // The aspects' points as the result shows them.
  for (const [name, got, full] of aspects) expect(word.replace(/\n/g, "|")).toContain(`${name}|小计||${full}||${got}|`);
  const workbook = await saved(page, "Excel", info);
  expect(textsOf(workbook)).toContain(`${own}分`);
  const numbers = [...partOf(workbook, "xl/worksheets/sheet1.xml").matchAll(/<v>([\d.]+)<\/v><\/c>/g)].map(([, number]) => number);
  for (const [, got, full] of aspects) for (const figure of [got, full]) expect(numbers).toContain(figure);

  // What the browser prints: the sheet alone, lying, on several pages.
  const pdf = await page.pdf({ path: info.outputPath("self-assessment.pdf"), preferCSSPageSize: true });
  expect(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length).toBeGreaterThan(2);
  expect(pdf.toString("latin1")).toMatch(/\/MediaBox \[0 0 84[12](\.\d+)? 59[45](\.\d+)?\]/);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("navigation")).toBeHidden();
  await expect(page.getByRole("button", { name: "打印" })).toBeHidden();
  await page.emulateMedia({ media: null });

  await goTo(page, "/paper/rectification");
  const ledger = wordsOf(await saved(page, "Word", info));
  expect(ledger).toContain("每月要求");
  expect(ledger).toContain("销号（验收人、日期）");
  expect(textsOf(await saved(page, "Excel", info))).toContain("整改措施");

  await goTo(page, "/paper/evidence");
  expect(wordsOf(await saved(page, "Word", info))).toContain("盒号及位置");
  expect(textsOf(await saved(page, "Excel", info))).toContain("□原始　□新整理");

  // The year's ledger, and what is said in a talk, which has no points.
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议" });
  await goTo(page, "/paper/ledger");
  const year = wordsOf(await saved(page, "Word", info));
  for (const said of ["记录本在哪", "研究低保评议", "没开的会不登记、不补记"]) expect(year).toContain(said);
  expect(textsOf(await saved(page, "Excel", info))).toContain("研究低保评议");
  await goTo(page, "/paper/talk");
  const talk = wordsOf(await saved(page, "Word", info));
  expect(talk).toContain("不补会、不补记录");
  expect(talk).not.toContain("得分");

  await goTo(page, "/paper/comparison");
  await expect(page.getByText("这部手机里没有上一期的自评")).toBeVisible();

  // The report is edited first, and stays so.
  await goTo(page, "/paper/report");
  const text = page.getByLabel("报告正文");
  await expect(text).toHaveValue(new RegExp(`自评得分${own.replace(".", "\\.")}分`));
  await expect(text).toHaveValue(/不补会、不补记录/);
  await text.fill("一、基本情况\n我们自己的话，得分如实写。");
  await text.blur();
  await expect(page.getByTestId("sheet")).toContainText("我们自己的话");
  await page.reload();
  await usable(page);
  await expect(text).toHaveValue(/我们自己的话/);
  const report = wordsOf(await saved(page, "Word", info));
  expect(report).toContain("我们自己的话");
  expect(report).toContain("（盖章）");
  expect(textsOf(await saved(page, "Excel", info))).toContain("我们自己的话");
  await page.getByRole("button", { name: "不要改过的，重新起草" }).click();
  await expect(text).toHaveValue(/不补会、不补记录/);
  expect(phone.faults).toEqual([]);
});

test("paper shows what was reported; what is filled in since is a draft, and says so", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, 1);
  await answerItem(page);
  const reported = await score(page);
  const sheet = page.getByTestId("sheet");
  // Before a report there is only a draft.
  await goTo(page, "/paper/self-assessment");
  await expect(page.getByTestId("paper-basis")).toContainText("还没有上报，做出来的是草稿");
  await expect(sheet).toContainText("自评表（草稿）");
  await expect(sheet).not.toContainText("内容属实");
  await submit(page);
  await openItem(page, 1);
  const before = await savedAt(page);
  await page.getByRole("button", { name: "一条也没做到" }).click();
  await savedSince(page, before);
  const now = await score(page);
  expect(now).not.toBe(reported);

  await goTo(page, "/paper/self-assessment");
  await expect(sheet).toContainText(`${reported}分（自评估算`);
  await expect(sheet).toContainText("支委会研究，内容属实。");
  await expect(sheet).toContainText("上报的填写");
  await expect(sheet).not.toContainText("草稿");
  await page.getByRole("button", { name: "照现在填的（草稿）" }).click();
  await expect(sheet).toContainText(`${now}分（自评估算`);
  await expect(sheet).toContainText("自评表（草稿）");
  await expect(sheet).not.toContainText("内容属实");

  // The report is drafted from the one or the other; what was edited is kept, and what it may not claim is left out.
  await goTo(page, "/paper/report");
  const text = page.getByLabel("报告正文");
  await expect(text).toHaveValue(new RegExp(`支委会研究，内容属实。自评得分${reported.replace(".", "\\.")}分`));
  await text.fill(`${await text.inputValue()}\n还有我们自己的话。`);
  await text.blur();
  await page.getByRole("button", { name: "照现在填的（草稿）" }).click();
  await expect(page.getByText("正文里写的自评得分，和这一份不一样")).toBeVisible();
  await expect(sheet).toContainText("还有我们自己的话");
  await expect(sheet).toContainText("自查报告（草稿）");
  await expect(sheet).not.toContainText("内容属实");
  for (const form of ["rectification", "evidence", "talk"]) {
    await goTo(page, `/paper/${form}`);
    await expect(sheet).toContainText("上报的填写");
    await expect(sheet).not.toContainText("草稿");
  }
  expect(phone.faults).toEqual([]);
});

test("a report that two tabs have edited is there twice, until she decides", async ({ endpoint, phone }) => {
  const one = await phone.open();
  await activate(one, endpoint);
  await confirmProfile(one);
  const two = await phone.context.newPage();
  await two.goto(endpoint.url);
  await usable(two);
  const text = (page) => page.getByLabel("报告正文");
  for (const page of [one, two]) {
    await goTo(page, "/paper/report");
    await expect(text(page)).toHaveValue(/一、基本情况/);
  }
  for (const [page, words] of [[one, "甲窗口写的"], [two, "乙窗口写的"]]) {
    await text(page).fill(words);
    await text(page).blur();
    await expect(page.getByText("改过，已存在这部手机里")).toBeVisible();
  }
  const other = two.getByTestId("other-report");
  await other.locator("summary").click();
  await expect(other).toContainText("甲窗口写的");
  await other.getByRole("button", { name: /换成那一份/ }).click();
  await expect(text(two)).toHaveValue("甲窗口写的");
  await expect(other).toContainText("乙窗口写的");
  await other.getByRole("button", { name: "那一份不要了" }).click();
  await expect(other).toHaveCount(0);
  await two.reload();
  await usable(two);
  await goTo(two, "/paper/report");
  await expect(text(two)).toHaveValue("甲窗口写的");
  expect(phone.faults).toEqual([]);
});

test("an edited report that cannot be stored is not said to be stored", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await goTo(page, "/paper/report");
  const text = page.getByLabel("报告正文");
  await expect(text).toHaveValue(/一、基本情况/);
  await page.evaluate(() => {
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
  });
  await text.fill("我们自己的话");
  await text.press("Tab");
  await expect(page.getByRole("alert").filter({ hasText: "满" })).toBeVisible();
  await expect(page.getByText("改过，已存在这部手机里")).toHaveCount(0);
  await expect(text).toHaveValue("我们自己的话");
});

test("a record of the handbook becomes a form to fill in by hand", async ({ endpoint, phone }, info) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await libraryHere(page);
  await goTo(page, "/handbook/H4-3");
  await page.getByTestId("template").first().getByRole("link", { name: "存成Word、打印" }).click();
  await expect(page.getByTestId("sheet")).toContainText("发言");
  const word = wordsOf(await saved(page, "Word", info));
  for (const said of ["支部党员大会会议记录", "十里村党支部", "其中有表决权的几名", "发言", "签名"]) expect(word).toContain(said);
  expect(textsOf(await saved(page, "Excel", info))).toContain("签名");
});

test("what is signed, stamped and handed in is remembered on the phone", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await goTo(page, "/paper");
  const trail = page.getByTestId("paper-trail");
  await expect(trail).toContainText("已交镇安镇党委");
  const [signed, stamped] = [trail.getByRole("checkbox", { name: "书记签字" }), trail.getByRole("checkbox", { name: "支部盖章" })];
  await signed.click();
  await expect(signed).toHaveAttribute("aria-checked", "true");
  await trail.getByRole("button", { name: "加一" }).click();
  await trail.getByRole("button", { name: "加一" }).click();
  await expect(trail.getByRole("textbox")).toHaveValue("2");
  await page.reload();
  await usable(page);
  await expect(signed).toHaveAttribute("aria-checked", "true");
  await expect(stamped).toHaveAttribute("aria-checked", "false");
  await expect(trail.getByRole("textbox")).toHaveValue("2");
});
