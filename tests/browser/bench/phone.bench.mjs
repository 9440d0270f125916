// The budgets of a phone of 600 yuan (processor slowed down six times) on a poor network. Each figure is printed beside its
// budget; what a machine under other load measures decides nothing.
import { keptForOffline, keptForPaper, slowDown, usable } from "../harness/browser.mjs";
import { countingWire } from "../harness/endpoint.mjs";
import { foundAfterKey, median, p95, print, reopened, savedAndShownAfterTap, SLOWER, textsIn } from "../harness/measure.mjs";
import { activate, answerAll, confirmProfile, libraryHere, openItem } from "../harness/secretary.mjs";
import { test } from "../harness/test.mjs";

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
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await answerAll(page);
  await keptForOffline(page);
  await endpoint.stop();
  const times = [];
  for (let turn = 0; turn < 7; turn++) {
    const { ready } = await reopened(phone, endpoint.url);
    times.push(ready);
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

test("the handbook and the compilation: bytes to fetch, and a keystroke in the search over all of it", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  const wire = await countingWire(endpoint);
  const page = await phone.open();
  const standard = await (await fetch(`${endpoint.url}/api/v1/standard`)).json();
  let chars = 0;
  for (const { hash } of standard.documents) chars += textsIn(await (await fetch(`${endpoint.url}/api/v1/documents/${hash}`)).json());
  const rural = standard.checklists.find(({ sector }) => sector === "rural");
  chars += textsIn(await (await fetch(`${endpoint.url}/api/v1/checklists/${rural.hash}`)).json());
  await page.goto(wire.url);
  await usable(page);
  await keptForOffline(page);
  const before = wire.bytes;
  await page.getByRole("link", { name: /先看手册和制度/ }).click();
  await libraryHere(page);
  print(`${standard.documents.length} documents of 一编一册`, `${((wire.bytes - before) / 1000).toFixed(1)} KB over the wire`);
  await wire.close();

  await activate(page, endpoint);
  await libraryHere(page);
  await slowDown(page, SLOWER);
  await page.getByRole("searchbox").focus();
  const times = [];
  const queries = ["党费交多少", "32学时", "民主评议 三分之一", "书记不在谁主持", "公示5个工作日", "流动党员", "换届选举", "谈心谈话", "三会一课", "四议两公开", "发展党员材料", "会议记录本"];
  for (const words of queries) {
    await page.getByRole("searchbox").fill("");
    for (const key of words) times.push(await foundAfterKey(page, key));
  }
  const [drawn, painted] = ["drawn", "painted"].map((until) => times.map((time) => time[until]));
  print(`a keystroke in the search over ${chars} characters at ${SLOWER}x, until drawn and laid out`, `p95 ${Math.round(p95(drawn))} ms, median ${Math.round(median(drawn))} ms (budget 50)`);
  print("the same until painted", `p95 ${Math.round(p95(painted))} ms, median ${Math.round(median(painted))} ms`);
});
