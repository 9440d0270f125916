// A ledger of five hundred entries in one year, on a phone slowed down six times.
import { keptForOffline, slowDown, usable } from "../harness/browser.mjs";
import { BRANCH } from "../harness/endpoint.mjs";
import { median, readyAfter, shownAfterTap, watchReady } from "../harness/measure.mjs";
import { activate, confirmProfile, goTo, openItem } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

const SLOWER = 6;
const print = (what, figure) => console.log(`bench: ${what}: ${figure}`);

/** A backup with so many entries of this year, as the app writes them. */
function backup(entries) {
  const year = new Date().getFullYear();
  const device = "01010101-0101-4101-8101-010101010101";
  const kinds = ["member_meeting", "committee_meeting", "party_class", "themed_day", "visit", "volunteering"];
  const now = Date.now();
  const start = Date.UTC(year, 0, 1);
  const ledger = Array.from({ length: entries }, (_, number) => {
    const held = new Date(start + Math.floor(((now - start) * number) / entries));
    return {
      id: `019ab697-e800-7${String(number).padStart(3, "0")}-8101-010101010101`,
      stamp: { ms: now + number, count: 0, device },
      entry: {
        kinds: [kinds[number % kinds.length]], date: held.toISOString().slice(0, 10), place: "村部会议室", host: "李书记", recorder: "王文书",
        attendance: { expected: 23, excused: 3, present: 12 + (number % 8) }, topic: "学习文件，研究秸秆禁烧和低保评议", resolution: "全体通过", location: "村部铁柜",
      },
    };
  });
  return JSON.stringify({ kind: "biaochi-backup", format: 1, branch: BRANCH, branch_name: "十里村党支部", made_at: now, drafts: [], submissions: [], ledger });
}

async function withEntries(page, endpoint, entries) {
  await activate(page, endpoint);
  await confirmProfile(page);
  await goTo(page, "/storage");
  await page.getByLabel("或者把备份文字粘贴到这里").fill(backup(entries));
  await page.getByRole("button", { name: "用粘贴的恢复" }).click();
  await expect(page.getByText(`恢复了${entries}处`)).toBeVisible();
}

test("five hundred entries: list, year ring, a question, a start", async ({ endpoint, phone }) => {
  test.setTimeout(240_000);
  let page = await phone.open();
  await withEntries(page, endpoint, 500);
  await keptForOffline(page);
  await slowDown(page, SLOWER);
  const opened = async (from, link, shown) => {
    const times = [];
    for (let turn = 0; turn < 7; turn++) {
      await goTo(page, from);
      times.push(await shownAfterTap(page, link, shown));
    }
    return `median ${Math.round(median(times))} ms, worst ${Math.round(Math.max(...times))} ms`;
  };
  print(`ledger of 500 opened at ${SLOWER}x`, `${await opened("/", "a[href='/ledger']", "[data-testid=month]")} (budget 300)`);
  print(`year ring of 500 opened at ${SLOWER}x`, `${await opened("/ledger", "a[href='/ledger/year']", "[data-testid=duties]")} (budget 100)`);
  await goTo(page, "/check");
  await openItem(page, 28);
  await expect(page.getByTestId("counted")).toBeVisible();
  const times = [];
  for (let turn = 0; turn < 5; turn++) {
    await phone.close();
    page = await phone.open();
    await slowDown(page, SLOWER);
    await watchReady(page);
    await page.goto(endpoint.url);
    await usable(page);
    times.push(await readyAfter(page));
  }
  print(`reopening with a ledger of 500 at ${SLOWER}x`, `median ${Math.round(median(times))} ms`);
});
