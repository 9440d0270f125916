// What is typed is never lost: not by Back, not by a tab that dies, not by what another tab saves; and nothing gets in that the
// endpoint would refuse. Every field of every page is walked through by machine.
import { usable } from "../harness/browser.mjs";
import { BRANCH } from "../harness/endpoint.mjs";
import { field, keptOnDisk, nothingUnfinished, paste, places, revived, something, type } from "../harness/fields.mjs";
import { inDays, raiseFirst } from "../harness/findings.mjs";
import { enter } from "../harness/ledger.mjs";
import { add, picture, shots } from "../harness/photos.mjs";
import { activate, answerItem, confirmProfile, goTo, lookAgain, openItem, savedAt, savedSince, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

const SHARE = 9;
const COUNT = 28;
const unfinished = (page) => page.getByTestId("unfinished");

/** A phone with a profile, an entry in the ledger, a photo and two findings: every field of the app has its page. */
async function begun(phone, endpoint) {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, 1);
  await add(page, await picture(page));
  await raiseFirst(page);
  await enter(page, { kinds: ["支委会"], present: 3, topic: "研究低保评议" });
  await endpoint.importFindings(["支部编号", "条目", "存在问题", "整改时限", "问题来源"], [BRANCH, "17", "缺签到表", inDays(-3), "县里"]);
  await lookAgain(page);
  await goTo(page, "/findings");
  await expect(page.getByTestId("finding-row")).toHaveCount(2);
  return page;
}

const item = (number) => (page) => openItem(page, number);
/** The pages on which something is typed that is saved when its field is left, with the way there. */
const SAVED = {
  "a count, where the originals lie, a remark": item(COUNT),
  "a share": item(SHARE),
  "occurrences": item(5),
  "facts": item(1),
  "a photo's day": async (page) => {
    await openItem(page, 1);
    await shots(page).first().getByRole("button").click();
    await expect(page.getByTestId("photo-whole")).toBeVisible();
  },
  "what was handed in": async (page) => {
    await goTo(page, "/paper");
    await expect(page.getByTestId("paper-trail").getByRole("textbox")).not.toHaveValue("");
  },
  "the report": (page) => goTo(page, "/paper/report"),
};
/** Of those that are entered as a whole, with what is tapped before its fields are there. */
const FORMS = {
  "the reason against the ledger": [item(COUNT), "和台账不一样，自己填"],
  "the branch's figures": [(page) => goTo(page, "/profile"), "有变化，改一改"],
  "a new entry": [(page) => goTo(page, "/ledger/new")],
  "a corrected entry": [
    async (page) => {
      await goTo(page, "/ledger");
      await page.getByTestId("month").getByRole("link").first().click();
      await expect(page.getByTestId("ledger-entry").or(unfinished(page))).toBeVisible();
    },
    "改一改",
  ],
  "the declaration": [(page) => goTo(page, "/submit")],
  "an activation code": [(page) => goTo(page, "/activate")],
};
/** The fields of findings, by what their rows say and go on saying, each of which opens alone. */
const FINDINGS = [
  ["还没上报", ["problem", "measure", "responsible", "deadline"]],
  ["上级检查", ["measure", "responsible", "delay", "deadline"]],
];

/** Opens a form where it is not open because something is unfinished in it. */
async function openForm(page, [open, button]) {
  await open(page);
  const opens = button && page.getByRole("button", { name: button, exact: true });
  if (opens) {
    await expect(opens.or(unfinished(page)).first()).toBeVisible();
    if (await opens.count()) await opens.click();
  }
  await expect(page.locator("[data-field]").first()).toBeVisible();
}

/** Of a form only its own fields: others may stand on its page. */
const ofForm = async (page) => (await places(page)).filter((place) => place.includes("#"));
const ofPage = async (page) => (await places(page)).filter((place) => !place.includes("#"));

async function backAndForward(page) {
  const address = page.url();
  await page.goBack();
  await expect.poll(() => page.url()).not.toBe(address);
  await page.goForward();
  await expect.poll(() => page.url()).toBe(address);
}

/** The field of the finding whose row says this: opened, unless it is open already. */
async function openField(page, said, name) {
  await goTo(page, "/findings");
  await page.getByTestId("finding-row").filter({ hasText: said }).click();
  const row = page.getByTestId(`finding-${name}`);
  if (!(await row.locator("[data-field]").count())) await row.getByTestId("finding-edit").click();
  const [place] = await row.locator("[data-field]").evaluateAll((all) => all.map(({ dataset }) => dataset.field));
  return [row, place];
}

test("Back while anything is being typed: nothing stops, nothing is lost", async ({ endpoint, phone }) => {
  test.setTimeout(300_000);
  const page = await begun(phone, endpoint);
  for (const [name, open] of Object.entries(SAVED)) {
    await open(page);
    for (const place of await ofPage(page)) {
      const text = await something(page, place);
      await type(page, place, text);
      await page.goBack();
      await open(page);
      await expect(field(page, place), `${name}: ${place}`).toHaveValue(text);
    }
  }
  for (const [name, form] of Object.entries(FORMS)) {
    await openForm(page, form);
    for (const place of await ofForm(page)) {
      const text = await something(page, place);
      await type(page, place, text);
      await backAndForward(page);
      await expect(field(page, place), `${name}: ${place}`).toHaveValue(text);
      await expect(unfinished(page).first()).toContainText("上次没填完的还在");
    }
    await unfinished(page).first().getByRole("button", { name: "不要了" }).click();
    await expect(unfinished(page)).toHaveCount(0);
  }
  for (const [said, names] of FINDINGS) {
    for (const name of names) {
      const [row, place] = await openField(page, said, name);
      const text = await something(page, place);
      await type(page, place, text);
      await page.goBack();
      await openField(page, said, name);
      await expect(field(page, place), `${said}: ${name}`).toHaveValue(text);
      await row.getByTestId("finding-edit").click();
    }
  }
  await nothingUnfinished(page);
  expect(phone.faults).toEqual([]);
});

test("a tab that dies while anything is being typed: it is there again, says so, and can be kept or dropped", async ({ endpoint, phone }) => {
  test.setTimeout(480_000);
  let page = await begun(phone, endpoint);
  for (const [name, open] of Object.entries(SAVED)) {
    await open(page);
    for (const place of await ofPage(page)) {
      const before = await field(page, place).inputValue();
      const text = await something(page, place);
      await type(page, place, text);
      await keptOnDisk(page, place, text);
      page = await revived(page, usable);
      await open(page);
      await expect(field(page, place), `${name}: ${place}`).toHaveValue(text);
      await expect(unfinished(page)).toHaveCount(1);
      await unfinished(page).getByRole("button", { name: "不要了" }).click();
      await expect(field(page, place)).toHaveValue(before);
      await expect(unfinished(page)).toHaveCount(0);
    }
  }
  for (const [name, form] of Object.entries(FORMS)) {
    await openForm(page, form);
    const typed = [];
    for (const place of await ofForm(page)) {
      typed.push([place, await something(page, place, String(typed.length))]);
      await type(page, ...typed.at(-1));
    }
    await keptOnDisk(page, ...typed.at(-1));
    page = await revived(page, usable);
    await openForm(page, form);
    for (const [place, text] of typed) await expect(field(page, place), `${name}: ${place}`).toHaveValue(text);
    await unfinished(page).first().getByRole("button", { name: "不要了" }).click();
    await expect(unfinished(page)).toHaveCount(0);
  }
  // Kept with one tap: a word of a finding.
  const [, place] = await openField(page, "第1条", "measure");
  await type(page, place, "找出批复");
  await keptOnDisk(page, place, "找出批复");
  page = await revived(page, usable);
  await expect(field(page, place)).toHaveValue("找出批复");
  await unfinished(page).getByRole("button", { name: "存上" }).click();
  await page.getByTestId("finding-measure").getByTestId("finding-edit").click();
  await expect(page.getByTestId("finding-measure").locator(".said")).toHaveText("找出批复");
  await nothingUnfinished(page);
});

test("a form is finished after the browser was killed, and only once", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  let page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await goTo(page, "/ledger/new");
  await page.getByRole("button", { name: "支委会", exact: true }).click();
  await type(page, "ledger/new#present", "2");
  await type(page, "ledger/new#topic", "研究低保评议");
  await keptOnDisk(page, "ledger/new#topic", "研究低保评议");
  await phone.kill();
  page = await phone.open();
  await page.goto(`${endpoint.url}/ledger/new`);
  await usable(page);
  await expect(unfinished(page)).toContainText("上次没填完的还在");
  await expect(page.getByRole("button", { name: "支委会", exact: true })).toHaveAttribute("aria-pressed", "true");
  await expect(field(page, "ledger/new#present")).toHaveValue("2");
  const before = await savedAt(page);
  await page.getByTestId("enter").click();
  await savedSince(page, before);
  await expect(page.getByTestId("month")).toContainText("支委会实到2/3，研究低保评议");
  await nothingUnfinished(page);
  await goTo(page, "/ledger/new");
  await expect(field(page, "ledger/new#topic")).toHaveValue("");
  await expect(unfinished(page)).toHaveCount(0);
});

test("what another tab saves does not touch what is being typed, and both are in the history", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  const one = await begun(phone, endpoint);
  const two = await phone.context.newPage();
  await two.goto(endpoint.url);
  await usable(two);
  // Saved in the second while the first is in the middle of it; left in the first, what it shows is what counts.
  const meet = async (open, place, [first, second], history, finish = (page) => field(page, place).blur()) => {
    for (const page of [one, two]) await open(page);
    await one.bringToFront();
    await type(one, place, first);
    let before = await savedAt(two);
    await type(two, place, second);
    await finish(two);
    await savedSince(two, before);
    before = await savedAt(one);
    await expect(field(one, place)).toHaveValue(first);
    await lookAgain(one);
    await field(one, place).press("End");
    await field(one, place).pressSequentially("1");
    await expect(field(one, place)).toHaveValue(`${first}1`);
    await finish(one);
    await savedSince(one, before);
    await open(one);
    await history.open(one);
    for (const text of [`${first}1`, second]) await expect(history.of(one)).toContainText(text);
  };
  const changed = (page) => page.locator("details", { hasText: "改过什么" });
  const unfolded = { of: changed, open: (page) => changed(page).locator("summary").click() };
  const [count] = await openItem(one, COUNT).then(() => ofPage(one));
  await meet(item(COUNT), count, ["1", "3"], unfolded);
  const [location, note] = ["location", "note"].map((name) => count.replace(/^(check\/[^/]+).*/, `$1/${name}`));
  await meet(item(COUNT), note, ["甲", "乙"], unfolded);
  await meet(item(COUNT), location, ["办公室铁", "乙"], unfolded);
  const [, measure] = await openField(one, "第1条", "measure");
  const told = (page) => page.getByTestId("finding-history");
  await meet(
    (page) => openField(page, "第1条", "measure"),
    measure,
    ["第一处写的", "第二处写的"],
    { of: told, open: (page) => told(page).locator("summary").click() },
    (page) => page.getByTestId("finding-measure").getByTestId("finding-edit").click(),
  );
  // In focus, and nothing typed yet: it stays as it is until it is left.
  await openItem(one, COUNT);
  await openItem(two, COUNT);
  await field(one, note).focus();
  const before = await savedAt(two);
  await type(two, note, "丙");
  await field(two, note).blur();
  await savedSince(two, before);
  await lookAgain(one);
  await expect(field(one, note)).toHaveValue("甲1");
  await field(one, note).blur();
  await expect(field(one, note)).toHaveValue("丙");
  expect(phone.faults).toEqual([]);
});

test("the branch's figures that arrive do not replace what she has begun to fill in", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  // Another phone of the branch has reported its figures; they are slow to come.
  let answer;
  const held = new Promise((resolve) => { answer = resolve; });
  await page.route("**/api/v1/branch/profile", async (route) => {
    await held;
    const json = {
      stamp: { ms: 1_764_000_000_000, count: 0, device: "01010101-0101-4101-8101-010101010101" },
      profile: { full_members: 19, probationary_members: 1, mobile_members: 0, committee_members: 3, party_groups: 2 },
    };
    // As our endpoint answers, so that it is taken for ours.
    const response = await route.fetch();
    await route.fulfill({ response, status: 200, contentType: "application/json", body: JSON.stringify(json) });
  });
  await goTo(page, "/profile");
  await type(page, "profile#full", "23");
  const came = page.waitForResponse("**/api/v1/branch/profile");
  answer();
  await came;
  await expect(page.getByText("找到了以前填过的")).toBeVisible();
  await expect(field(page, "profile#full")).toHaveValue("23");
  await page.getByRole("button", { name: "看以前填的" }).click();
  await expect(page.locator("dd").first()).toHaveText("19人");
});

test("what is pasted beyond what a field holds is said to be cut", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, COUNT);
  const note = (await ofPage(page)).find((place) => place.endsWith("/note"));
  await paste(page, note, "长".repeat(600));
  await expect(page.getByRole("alert")).toContainText("这里最多500个字，已经满了");
  await field(page, note).blur();
  await expect(page.getByRole("alert")).toContainText("这里最多500个字，已经满了");
  await field(page, note).fill("短");
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(phone.faults).toEqual([]);
});

/** As they come out of chats and web pages: a tab, a zero width, a mark that turns the writing round, an end of line. */
const PASTED = "王\t小\u200b明\u202e";
const SEEN = "王 小明";

test("what is pasted is filtered in every field of words, and nothing of it keeps her from reporting", async ({ endpoint, phone }) => {
  test.setTimeout(240_000);
  const page = await begun(phone, endpoint);
  const walk = async (all, name, leave = async (page, place) => field(page, place).blur()) => {
    for (const place of all) {
      const kind = await field(page, place).evaluate(({ type, inputMode }) => (type === "date" || inputMode === "numeric" ? "" : type));
      if (!kind) continue;
      await paste(page, place, PASTED);
      await leave(page, place);
      await expect(field(page, place), `${name}: ${place}`).toHaveValue(SEEN);
    }
  };
  for (const [name, open] of Object.entries(SAVED)) {
    await open(page);
    await walk(await ofPage(page), name);
  }
  for (const [name, form] of Object.entries(FORMS)) {
    await openForm(page, form);
    await walk(await ofForm(page), name);
  }
  for (const [said, names] of FINDINGS) {
    for (const name of names.filter((name) => name !== "deadline")) {
      const [row, place] = await openField(page, said, name);
      await paste(page, place, PASTED);
      await row.getByTestId("finding-edit").click();
      await expect(field(page, place)).toHaveCount(0);
      await row.getByTestId("finding-edit").click();
      await expect(field(page, place)).toHaveValue(SEEN);
    }
  }
  for (const path of ["/handbook", "/inspection"]) {
    await goTo(page, path);
    await page.getByRole("searchbox").fill("铁\u200b柜");
  }
  // 支部基本情况 with such a day counts, and the report arrives.
  await goTo(page, "/profile");
  const asked = page.getByRole("button", { name: "就这样" });
  await expect(field(page, "profile#themed-day")).toHaveValue(SEEN);
  await asked.click();
  await expect(page.getByTestId("next")).not.toContainText("支部基本情况");
  await goTo(page, "/submit");
  await paste(page, "submit#reporter", PASTED);
  await submit(page);
  await sentSays(page, "已送达");
  expect(phone.faults).toEqual([]);
});

test("a date counts when its field is left, and never by halves", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await begun(phone, endpoint);
  // What a branch found itself goes up with a report; from then on words on it go by themselves.
  await submit(page);
  await sentSays(page, "已送达");
  const state = page.getByTestId("finding-state");
  const due = inDays(30);
  // Any browser: every key that completes a date tells of a change.
  const key = (place, value) =>
    field(page, place).evaluate((input, value) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, value);
      for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
    }, value);
  const [row, place] = await openField(page, "第1条", "deadline");
  await field(page, place).focus();
  for (const half of ["0002", "0020", "0202"]) {
    await key(place, `${half}-11-30`);
    await expect(state).not.toContainText("逾期");
    await expect(field(page, place)).toBeFocused();
  }
  await key(place, due);
  await expect(field(page, place)).toBeFocused();
  const before = await savedAt(page);
  await row.getByTestId("finding-edit").click();
  await savedSince(page, before);
  await expect(page.getByTestId("finding-delivery")).toContainText("写的都已送到镇安镇党委", { timeout: 30_000 });
  const of = async () => (await endpoint.findings()).find((one) => one.problem.startsWith("第1条")).due;
  expect(await of()).toBe(due);
  await page.getByTestId("finding-history").locator("summary").click();
  await expect(page.getByTestId("finding-history")).not.toContainText(/(?<!\d)\d{1,3}年/);

  // Left with half a year: said at the field, and what stood there stays.
  await row.getByTestId("finding-edit").click();
  await field(page, place).focus();
  await key(place, "0020-11-30");
  await field(page, place).blur();
  await expect(row.getByRole("alert")).toContainText("日子没填全");
  await expect(field(page, place)).toHaveValue(due);
  await goTo(page, "/profile");
  await page.getByRole("button", { name: "有变化，改一改" }).click();
  await field(page, "profile#election").focus();
  await key("profile#election", "0020-11-15");
  await field(page, "profile#election").blur();
  await expect(page.getByRole("alert")).toContainText("日子没填全");
  await expect(field(page, "profile#election")).toHaveValue("");

  // By a real keyboard: the parts of a date in the order of the browser's own language.
  await openField(page, "第1条", "deadline");
  await field(page, place).focus();
  await page.keyboard.press("2");
  await expect(state).not.toContainText("逾期");
  await expect(field(page, place)).toBeFocused();
  expect(await of()).toBe(due);
  await row.getByTestId("finding-edit").click();

  // A part of it is cleared: the rest stays to be corrected, and left so nothing of it counts.
  await openField(page, "第1条", "deadline");
  await field(page, place).focus();
  const half = () => field(page, place).evaluate((input) => input.validity.badInput);
  await page.keyboard.press("Backspace");
  expect(await half()).toBe(true);
  await page.goBack();
  const [again] = await openField(page, "第1条", "deadline");
  await expect(field(page, place)).toHaveValue(/^\d{4}-\d\d-\d\d$/);
  await expect(unfinished(page)).toHaveCount(0);
  await field(page, place).focus();
  await page.keyboard.press("Backspace");
  await field(page, place).blur();
  await expect(again.getByRole("alert")).toContainText("日子没填全");
  await expect(field(page, place)).toHaveValue(/^\d{4}-\d\d-\d\d$/);
  expect(await of()).toBeTruthy();
  expect(phone.faults).toEqual([]);
});

test("a full disk: what is typed stays on the screen, is said not to be stored, and is there after all", async ({ endpoint, phone }) => {
  let page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, COUNT);
  await answerItem(page);
  const note = (await ofPage(page)).find((place) => place.endsWith("/note"));
  await page.evaluate(() => {
    globalThis.rightPut = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
  });
  await type(page, note, "批复缺一份");
  await expect(page.getByTestId("light")).toContainText("没存上，点这里");
  await expect(field(page, note)).toHaveValue("批复缺一份");
  await page.evaluate(() => { IDBObjectStore.prototype.put = globalThis.rightPut; });
  await lookAgain(page);
  await keptOnDisk(page, note, "批复缺一份");
  page = await revived(page, usable);
  await expect(field(page, note)).toHaveValue("批复缺一份");
});
