// Raising and writing findings as she does.
import { expect } from "@playwright/test";
import { day } from "./clock.mjs";
import { goTo, openItem, savedAt, savedSince } from "./secretary.mjs";

/** Answers item 1 short of something and makes a finding of it with one tap. */
export async function raiseFirst(page) {
  await openItem(page, 1);
  await shorten(page);
  const before = await savedAt(page);
  await page.getByTestId("raise").click();
  await savedSince(page, before);
  await expect(page.getByTestId("finding")).toBeVisible();
}

/** Leaves the item on the screen with only one of its facts ticked, unless it is short already. */
async function shorten(page) {
  if (await page.getByTestId("raise").count()) return;
  const before = await savedAt(page);
  await page.getByRole("checkbox").first().click();
  await savedSince(page, before);
}

/** Writes into a field of the finding on the screen and waits until that is on disk. */
export async function write(page, field, text) {
  const row = page.getByTestId(`finding-${field}`).last();
  await row.getByTestId("finding-edit").click();
  const before = await savedAt(page);
  await row.locator("textarea, input").fill(text);
  await row.getByTestId("finding-edit").click();
  await savedSince(page, before);
}

/** Taps one of the big buttons and waits until that is on disk. */
export async function step(page, name) {
  const before = await savedAt(page);
  await page.getByTestId("finding-steps").getByRole("button", { name, exact: true }).click();
  await savedSince(page, before);
}

/** Opens the finding whose problem says this. */
export async function openFinding(page, problem) {
  await goTo(page, "/findings");
  await page.getByTestId("finding-row").filter({ hasText: problem }).click();
  await expect(page.getByTestId("finding")).toContainText(problem);
}

/** So many days from today in Shanghai, as tables want it. */
export const inDays = day;
