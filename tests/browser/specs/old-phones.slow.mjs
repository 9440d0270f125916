// The way from the slip to the receipt in the oldest Chromium that is promised, and in Safari's engine as Linux has it.
import { walk } from "../harness/anywhere.mjs";
import { OldChromium } from "../harness/old-chromium.mjs";
import { WebKit } from "../harness/webkit.mjs";
import { expect, test } from "@playwright/test";

for (const [name, open, engine] of [
  ["Chromium 80", () => OldChromium.open("80"), "/80."],
  ["WebKitGTK", () => WebKit.open(), "MiniBrowser"],
]) {
  test(`${name}: activated, answered, opened again without a network, reported`, async ({}, info) => {
    test.setTimeout(180_000);
    expect(await walk(open, (name) => info.outputPath(`${name}.png`))).toContain(engine);
  });
}
