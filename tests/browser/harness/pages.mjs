// Every page of the app, and how a phone gets there that has answered everything, reported and been returned to.
import { expect } from "@playwright/test";
import { BRANCH } from "./endpoint.mjs";
import { inDays, openFinding, raiseFirst, write } from "./findings.mjs";
import { daysAgo, enter } from "./ledger.mjs";
import { add, picture, shots, withExif } from "./photos.mjs";
import { activate, answerAll, confirmProfile, goTo, libraryHere, lookAgain, openItem, savedAt, savedSince, sentSays, submit } from "./secretary.mjs";
import { secondVersion } from "./standards.mjs";

/** Answers everything with one shortfall that can still be mended and one that is a month's miss. */
export async function answeredWithShortfalls(page) {
  await confirmProfile(page);
  await answerAll(page);
  await change(page, 1, page.getByRole("checkbox").first());
  await change(page, 28, page.getByRole("button", { name: "减一" }).first());
}

async function change(page, number, control) {
  await openItem(page, number);
  const before = await savedAt(page);
  await control.click();
  await savedSince(page, before);
}

/** Reports, and has the submission returned with a reason. */
async function reportedAndReturned(page, endpoint) {
  await submit(page);
  await sentSays(page, "已送达");
  const receipt = await page.getByTestId("receipt").first().innerText();
  await endpoint.command("review", "return", receipt, "--item", "31=缺签到表", "--due", inDays(5));
  await lookAgain(page);
  await sentSays(page, "退回修改");
}

/** A phone for which every page has something to show. */
export async function prepared(page, endpoint) {
  await activate(page, endpoint);
  await answeredWithShortfalls(page);
  await recordedAndReported(page, endpoint);
}

/** What a branch that has answered has besides: photos, a ledger, findings, and a submission that was returned. */
export async function recordedAndReported(page, endpoint) {
  await openItem(page, 1);
  await add(page, withExif(await picture(page)), await picture(page, { seed: 2 }));
  await someLedger(page);
  await someFindings(page, endpoint);
  await PAGES["ledger-entry"](page);
  await add(page, await picture(page, { seed: 3 }));
  await reportedAndReturned(page, endpoint);
}

/** Findings in every state: one's own that is overdue, and those of the upper level. */
async function someFindings(page, endpoint) {
  await raiseFirst(page);
  await write(page, "responsible", "王文书");
  await write(page, "deadline", inDays(-2));
  await write(page, "delay", "等镇里盖章");
  await endpoint.importFindings(
    ["支部编号", "条目", "存在问题", "整改时限", "问题来源"],
    [BRANCH, "17", "三季度主题党日缺签到表", inDays(20), "县委组织部现场检查"],
    [BRANCH, "", "门牌脱落", "", ""],
    [BRANCH, "2", "记录本缺页", inDays(30), ""],
  );
  const number = async (problem) => (await endpoint.findings()).find((one) => one.problem === problem).number;
  await endpoint.command("findings", "return", await number("三季度主题党日缺签到表"), "--reason", "签到表和到会人数对不上，写明情况");
  await endpoint.command("findings", "close", await number("门牌脱落"), "--yes-not-mended");
  await lookAgain(page);
  await goTo(page, "/findings");
  await expect(page.getByTestId("findings-group")).toHaveCount(4);
}

/** A few activities in the ledger, one of them entered late. */
async function someLedger(page) {
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议，通过3户" });
  await enter(page, { kinds: ["主题党日", "党课"], expected: 23, excused: 3, present: 16, topic: "学习条例，打扫村路" });
  await enter(page, { kinds: ["支部党员大会"], present: 9, date: daysAgo(20) });
}

/** Publishes a second version, and waits on the home page until the phone offers it. */
export async function offeredSecondVersion(page, endpoint) {
  await endpoint.command("standard", "publish", secondVersion());
  await lookAgain(page);
  await goTo(page, "/");
  await expect(page.getByTestId("offer")).toBeVisible();
}

/** The difference cards, with everything unfolded. */
export async function openDifferences(page) {
  await goTo(page, "/change");
  await expect(page.getByTestId("difference").first()).toBeVisible();
  for (const fold of await page.locator("details:not([open]) > summary").all()) await fold.click();
}

const at = (path) => (page) => goTo(page, path);
const item = (number) => (page) => openItem(page, number);

/** The pages by name; each is answered to with a way there. */
export const PAGES = {
  home: at("/"),
  check: at("/check?show=all"),
  "check-short": at("/check?show=short"),
  "question-facts": item(1),
  "question-level": item(2),
  "question-deduction": item(5),
  "question-photo": async (page) => {
    await openItem(page, 1);
    await shots(page).first().getByRole("button").click();
    await expect(page.getByTestId("photo-whole")).toBeVisible();
    await page.getByRole("button", { name: "也用于别的条目" }).click();
  },
  photos: at("/photos"),
  "question-may-be-absent": item(6),
  "question-share": item(9),
  "question-may-not-occur": item(20),
  "question-yes-no": item(25),
  "question-count-quarters": item(27),
  "question-count-months": item(28),
  "question-judged-above": item(44),
  "question-how-to": async (page) => {
    await openItem(page, 17);
    for (const fold of await page.locator("details:not([open]) > summary").all()) await fold.click();
  },
  ledger: at("/ledger"),
  "ledger-new": at("/ledger/new"),
  "ledger-entry": async (page) => {
    await goTo(page, "/ledger");
    await page.getByTestId("month").getByRole("link").first().click();
    await expect(page.getByTestId("ledger-entry")).toBeVisible();
  },
  "ledger-year": at("/ledger/year"),
  "question-counted": async (page) => {
    await openItem(page, 28);
    await page.getByRole("button", { name: "和台账不一样，自己填" }).click();
  },
  findings: at("/findings"),
  "finding-overdue": async (page) => {
    await openFinding(page, "第1条");
    await page.getByTestId("finding-responsible").getByTestId("finding-edit").click();
    for (const fold of await page.locator("details:not([open]) > summary").all()) await fold.click();
  },
  "finding-returned": (page) => openFinding(page, "三季度主题党日缺签到表"),
  "finding-closed": (page) => openFinding(page, "门牌脱落"),
  "paper-rectification": async (page) => {
    await goTo(page, "/paper/rectification");
    await expect(page.getByTestId("sheet")).toBeVisible();
  },
  inspection: at("/inspection"),
  "inspection-boxes": at("/inspection?in=boxes"),
  "inspection-item": async (page) => {
    await goTo(page, "/inspection/NC-C2?by=records");
    await expect(page.getByTestId("shown-item")).toBeVisible();
  },
  "inspection-photo": async (page) => {
    await goTo(page, "/inspection?by=records");
    await page.locator(".row", { has: page.locator(".row-number", { hasText: /^1$/ }) }).click();
    await shots(page).first().getByRole("button").click();
    await expect(page.getByTestId("photo-whole")).toBeVisible();
  },
  talk: at("/talk"),
  result: at("/result"),
  submit: at("/submit"),
  submissions: at("/submissions"),
  submission: async (page) => {
    await goTo(page, "/submissions");
    await page.getByRole("link", { name: "看详细" }).first().click();
    await expect(page.getByRole("heading", { name: "一次上报" })).toBeVisible();
  },
  storage: at("/storage"),
  profile: at("/profile"),
  "profile-form": async (page) => {
    await goTo(page, "/profile");
    await page.getByRole("button", { name: "有变化，改一改" }).click();
    await expect(page.getByRole("button", { name: "就这样" })).toBeVisible();
  },
  handbook: async (page) => {
    await libraryHere(page);
    const chapter = page.locator("details", { hasText: "第四章" });
    if ((await chapter.getAttribute("open")) === null) await chapter.locator("summary").click();
  },
  search: async (page) => {
    await libraryHere(page);
    await page.getByRole("searchbox").fill("32学时");
    await expect(page.getByTestId("found")).toBeVisible();
  },
  "section-steps": at("/handbook/H4-3"),
  "section-table": at("/handbook/R12-2"),
  paper: at("/paper"),
  "paper-self-assessment": async (page) => {
    await goTo(page, "/paper/self-assessment");
    await expect(page.getByTestId("sheet")).toBeVisible();
  },
  "paper-report": async (page) => {
    await goTo(page, "/paper/report");
    await expect(page.getByLabel("报告正文")).toHaveValue(/一、基本情况/);
  },
  me: at("/me"),
  display: at("/me/display"),
  branches: at("/me/branches"),
  "add-phone": async (page) => {
    await goTo(page, "/me/phone");
    await page.getByRole("button", { name: /要一个激活码/ }).click();
    await expect(page.getByTestId("device-code")).toBeVisible();
  },
  about: at("/me/about"),
  unbind: at("/me/unbind"),
  "another-branch": at("/activate"),
};

/** Chooses text size and theme as the user does. */
export async function setLook(page, { size = "标准", theme = "平常" } = {}) {
  await goTo(page, "/me/display");
  for (const choice of [page.getByRole("button", { name: new RegExp(`^${size}`) }), page.getByRole("button", { name: new RegExp(`^${theme}`) })]) {
    await choice.click();
    await expect(choice).toHaveAttribute("aria-pressed", "true");
  }
}
