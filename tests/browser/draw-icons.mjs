// Draws the PNG icons from public/favicon.svg; run by hand after the motif has changed: node tests/browser/draw-icons.mjs
// "any" has the motif's round corners; "maskable" and Apple's fill the square, with the motif inside the safe circle.
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";
import { FLAGS, chromiumPath } from "./harness/browser.mjs";

const motif = readFileSync(new URL("../../public/favicon.svg", import.meta.url), "utf8");
const icons = new URL("../../public/icons/", import.meta.url);
const drawings = [
  { name: "icon-192", size: 192, filled: false },
  { name: "icon-512", size: 512, filled: false },
  { name: "maskable-192", size: 192, filled: true },
  { name: "maskable-512", size: 512, filled: true },
  { name: "apple-touch-icon", size: 180, filled: true },
];

const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
for (const { name, size, filled } of drawings) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const inside = filled ? Math.round(size * 0.86) : size;
  await page.setContent(
    `<style>body{margin:0;display:grid;place-items:center;height:100vh;background:${filled ? "#fbf8f3" : "transparent"}}` +
      `svg{width:${inside}px;height:${inside}px}</style>${motif}`,
  );
  await page.screenshot({ path: new URL(`${name}.png`, icons).pathname, omitBackground: !filled });
  await page.close();
}
await browser.close();
