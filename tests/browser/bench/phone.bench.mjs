// The budgets of a phone of 600 yuan (processor slowed down six times) on a poor network. Each figure is printed beside its
// budget; what a machine under other load measures decides nothing.
import { keptForOffline, keptForPaper, slowDown, usable } from "../harness/browser.mjs";
import { countingWire } from "../harness/endpoint.mjs";
import { median, p95, readyAfter, savedAndShownAfterTap, watchReady } from "../harness/measure.mjs";
import { activate, answerAll, confirmProfile, openItem } from "../harness/secretary.mjs";
import { test } from "../harness/test.mjs";

const SLOWER = 6;

const print = (what, figure) => console.log(`bench: ${what}: ${figure}`);

test("bytes of a first visit", async ({ endpoint, phone }) => {
  const wire = await countingWire(endpoint);
  const page = await phone.open();
  await page.goto(wire.url);
  await usable(page);
  const shown = wire.bytes;
  await keptForOffline(page);
  print("first visit, until usable", `${(shown / 1000).toFixed(1)} KB over the wire`);
  const kept = wire.bytes;
  print("first visit, kept for offline as well", `${(kept / 1000).toFixed(1)} KB (budget 250)`);
  await keptForPaper(page);
  print("later, for paper, which no visit waits for", `${((wire.bytes - kept) / 1000).toFixed(1)} KB`);
  await wire.close();
});

test("reopening without a network, until usable", async ({ endpoint, phone }) => {
  // A branch in the middle of its work: the profile, answers to everything.
  test.setTimeout(180_000);
  let page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await answerAll(page);
  await keptForOffline(page);
  await endpoint.stop();
  const times = [];
  for (let turn = 0; turn < 7; turn++) {
    await phone.close();
    page = await phone.open();
    await slowDown(page, SLOWER);
    await watchReady(page);
    await page.goto(endpoint.url);
    await usable(page);
    times.push(await readyAfter(page));
  }
  print(`offline reopen to usable at ${SLOWER}x`, `median ${Math.round(median(times))} ms, worst ${Math.round(Math.max(...times))} ms (budget 1000)`);
});

test("a tap on an answer, until it is saved and shown", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, 1);
  await slowDown(page, SLOWER);
  const answers = [page.getByRole("button", { name: "每条都做到了" }), page.getByRole("button", { name: "一条也没做到" })];
  const times = [];
  for (let turn = 0; turn < 40; turn++) times.push(await savedAndShownAfterTap(page, answers[turn % 2]));
  print(`tap to saved and shown at ${SLOWER}x`, `p95 ${Math.round(p95(times))} ms, median ${Math.round(median(times))} ms (budget 100)`);
});
