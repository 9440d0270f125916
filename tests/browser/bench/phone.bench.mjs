// The budgets of a phone of 600 yuan (processor slowed down six times) on a poor network. Each figure is printed and held to.
import { keptForOffline, slowDown, usable } from "../harness/browser.mjs";
import { countingWire } from "../harness/endpoint.mjs";
import { median, readyAfter, watchReady } from "../harness/measure.mjs";
import { expect, test } from "../harness/test.mjs";

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
  print("first visit, kept for offline as well", `${(wire.bytes / 1000).toFixed(1)} KB (budget 250)`);
  expect(wire.bytes).toBeLessThanOrEqual(250_000);
  await wire.close();
});

test("reopening without a network, until usable", async ({ endpoint, phone }) => {
  let page = await phone.open();
  await page.goto(endpoint.url);
  await usable(page);
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
  expect(median(times)).toBeLessThanOrEqual(1000);
});
