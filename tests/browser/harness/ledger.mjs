// Entering activities as she does.
import { expect } from "@playwright/test";
import { day } from "./clock.mjs";
import { goTo, savedAt, savedSince } from "./secretary.mjs";

/** Today in Shanghai and so many days before, as date fields want it. */
export const daysAgo = (days) => day(-days);

/** Enters one activity from the ledger's page, or the last of a kind again, and waits until it is on disk. */
export async function enter(page, { again, kinds = [], date, expected, excused, present, topic, location = "村部铁柜" }) {
  await goTo(page, "/ledger");
  await page.getByRole("link", { name: again ?? "登记一次活动", exact: true }).click();
  await expect(page.getByTestId("ledger-form")).toBeVisible();
  for (const kind of kinds) await page.getByRole("button", { name: kind, exact: true }).click();
  if (date) await page.getByLabel("日期").fill(date);
  for (const [name, figure] of [["应到", expected], ["其中免到", excused], ["实到", present]]) {
    if (figure === undefined) continue;
    const field = page.getByRole("textbox", { name, exact: true });
    await field.fill(String(figure));
    await field.press("Tab");
  }
  if (topic) await page.getByLabel(/^议题/).fill(topic);
  await page.getByRole("button", { name: location, exact: true }).click();
  const before = await savedAt(page);
  await page.getByTestId("enter").click();
  await savedSince(page, before);
  await expect.poll(() => new URL(page.url()).pathname).toBe("/ledger");
}
