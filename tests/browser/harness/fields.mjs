// Every field of the app, and what a test types into it. They are found by what they say in data-field.
import { expect } from "@playwright/test";
import { stored } from "./photos.mjs";

/** A field by its place. */
export const field = (page, place) => page.locator(`[data-field=${JSON.stringify(place)}]`);

/** The places of all fields on the page that hold work; those that are sought or pasted into are left out. */
export const places = (page) =>
  page.locator("[data-field]").evaluateAll((all) => all.map(({ dataset }) => dataset.field).filter((place) => !["search", "backup"].includes(place)));

/** Something to type into a field that is not there yet; words end in `mark`. */
export async function something(page, place, mark = "") {
  const { type, inputMode, value } = await field(page, place).evaluate(({ type, inputMode, value }) => ({ type, inputMode, value }));
  const other = (...offered) => offered.find((text) => text !== value);
  if (type === "date") return other("2026-11-05", "2026-11-06");
  if (place.startsWith("activate")) return "1234 5678";
  return inputMode === "numeric" ? other("3", "4") : other(`甲乙丙${mark}`, `丁戊己${mark}`);
}

/** Types into a field, and does not leave it. */
export async function type(page, place, text) {
  await field(page, place).focus();
  await field(page, place).fill(text);
}

/** Puts a text at the place of the cursor as pasting does: nothing of it is left out but line breaks, where they cannot stand. */
export async function paste(page, place, text) {
  await field(page, place).focus();
  await field(page, place).evaluate((field, text) => {
    field.select();
    document.execCommand("insertText", false, text);
  }, text);
}

/** Waits until what was typed at a place lies on the phone's disk as unfinished; a form keeps all of its fields together. */
export function keptOnDisk(page, place, text) {
  const [form, field] = place.split("#");
  const isThere = ([key, kept]) =>
    (field ? key.includes(`/${form}#`) : key.endsWith(`/${place}`)) && JSON.parse(kept).text.includes(text);
  return expect.poll(async () => Object.entries(await stored(page, "unfinished")).some(isThere)).toBe(true);
}

/** Waits until nothing is unfinished on the phone's disk. */
export const nothingUnfinished = (page) => expect.poll(async () => Object.keys(await stored(page, "unfinished"))).toEqual([]);

/** The tab dies at once and without a word, as when the phone needs its memory; what is answered is another one at the same place. */
export async function revived(page, usable) {
  const [address, context] = [page.url(), page.context()];
  const session = await context.newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => {});
  await crashed;
  const again = await context.newPage();
  await page.close();
  await again.goto(address);
  await usable(again);
  return again;
}
