// The app in a browser that stands on an engine of 2020: from the slip to the receipt. The oldest that is promised, and Safari's
// engine, walk the same way in old-phones.slow.mjs.
import { walk } from "../harness/anywhere.mjs";
import { OldChromium } from "../harness/old-chromium.mjs";
import { expect, test } from "@playwright/test";

test("Chromium 86: activated, answered, opened again without a network, reported", async ({}, info) => {
  test.setTimeout(180_000);
  const engine = await walk(() => OldChromium.open("86"), (name) => info.outputPath(`${name}.png`));
  expect(engine).toContain("/86.");
});
