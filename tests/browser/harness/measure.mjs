// Times as the page's own clock has them, so that the test's way to the browser is not part of them.

import { slowDown, usable } from "./browser.mjs";

/** How much slower than this machine a phone of 600 yuan is taken to be. */
export const SLOWER = 6;

/** Prints a figure as `make bench` has them. */
export const print = (what, figure) => console.log(`bench: ${what}: ${figure}`);

/** The phone is opened anew, that much slower: its page, and the milliseconds from the start of the navigation until the app was usable. */
export async function reopened(phone, url) {
  await phone.close();
  const page = await phone.open();
  await slowDown(page, SLOWER);
  // The page says it by itself: asking it would have the test's own scripts read and compiled in the middle of the start.
  await page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      if (document.documentElement?.dataset.ready !== "true") return;
      observer.disconnect();
      console.debug(`usable after ${performance.now()}`);
    });
    observer.observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });
  });
  const said = saying(page, "usable after");
  await page.goto(url, { waitUntil: "commit" });
  const [ready] = await said;
  await usable(page);
  return { page, ready };
}

/** Taps and answers the milliseconds from the finger's touch until the data light says saved and that is on the screen. */
export async function savedAndShownAfterTap(page, locator) {
  // Whatever the test itself asks of the page is over before the finger comes.
  await locator.tap({ trial: true });
  const { x, y, width, height } = await locator.boundingBox();
  await page.evaluate(() => {
    const light = () => document.querySelector("[data-testid=light-state]");
    const before = light().dataset.savedAt;
    let touched = null;
    addEventListener("pointerdown", (event) => { touched = event.timeStamp; }, { capture: true, once: true });
    const observer = new MutationObserver(() => {
      const now = light();
      if (touched === null || !now || now.dataset.savedAt === before) return;
      observer.disconnect();
      // After the next frame has been painted.
      requestAnimationFrame(() => setTimeout(() => console.debug(`saved after ${performance.now() - touched}`)));
    });
    observer.observe(document, { attributes: true, childList: true, subtree: true, attributeFilter: ["data-saved-at"] });
  });
  const said = saying(page, "saved after");
  await page.touchscreen.tap(x + width / 2, y + height / 2);
  const [saved] = await said;
  return saved;
}

/**
 * Types one character into the field in focus. Answers the milliseconds until the results are drawn and laid out, and those until
 * they have been painted as well: by then the browser has done what it does for every key in every field, too.
 */
export async function foundAfterKey(page, key) {
  // Listening before the key is sent: input overtakes what the page is asked to run.
  await page.evaluate(() => {
    const found = () => document.querySelector("[data-testid=found]")?.textContent;
    let typed;
    addEventListener("input", () => { typed = performance.now(); }, { capture: true, once: true });
    // Last of all listeners; what the others have put off to the end of theirs has run by then.
    addEventListener("input", () => {
      void document.body.offsetHeight;
      const drawn = performance.now() - typed;
      const said = found();
      requestAnimationFrame(() => setTimeout(() => {
        const painted = performance.now() - typed;
        // Nothing was put off that belongs to the answer.
        console.debug(found() === said ? `found after ${drawn} ${painted}` : `found after NaN NaN`);
      }));
    }, { once: true });
  });
  // The page says it by itself: asking it would have the test's own scripts run in the middle of the answer.
  const said = saying(page, "found after");
  await page.keyboard.insertText(key);
  const [drawn, painted] = await said;
  if (Number.isNaN(drawn)) throw new Error("the answer to a key came only after the key's event");
  return { drawn, painted };
}

/** The numbers that follow these words in the next line of the page's console that begins with them. */
async function saying(page, words) {
  const said = await page.waitForEvent("console", { predicate: (message) => message.text().startsWith(words) });
  return said.text().slice(words.length).trim().split(" ").map(Number);
}

/** How many characters of text a document or checklist holds, names of fields and ids left out. */
export const textsIn = (value) => {
  if (typeof value === "string") return /^[\x20-\x7e]*$/.test(value) ? 0 : value.length;
  return value && typeof value === "object" ? Object.values(value).reduce((sum, inner) => sum + textsIn(inner), 0) : 0;
};

/** The value that 95 of 100 figures do not exceed. */
export function p95(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1];
}

/** The middle figure. */
export function median(figures) {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1];
}

/** Milliseconds from a tap on `link` until `shown` is there and painted. Both are CSS selectors. */
export function shownAfterTap(page, link, shown) {
  return page.evaluate(
    ({ link, shown }) =>
      new Promise((resolve) => {
        const from = performance.now();
        const look = new MutationObserver(() => {
          if (!document.querySelector(shown)) return;
          look.disconnect();
          // After the next frame has been painted.
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
        });
        look.observe(document.body, { childList: true, subtree: true });
        document.querySelector(link).click();
      }),
    { link, shown },
  );
}
