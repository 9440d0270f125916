// Times as the page's own clock has them, so that the test's way to the browser is not part of them.

/** Notes from now on, on every page load, when the app marked itself usable; read it with `readyAfter`. */
export const watchReady = (page) =>
  page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.documentElement?.dataset.ready === "true") globalThis.biaochiReadyAt ??= performance.now();
    }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });
  });

/** Milliseconds from the start of the navigation until the app was usable. */
export const readyAfter = (page) => page.evaluate(() => globalThis.biaochiReadyAt);

/** Taps and answers the milliseconds from the finger's touch until the data light says saved and that is on the screen. */
export async function savedAndShownAfterTap(page, locator) {
  const measured = page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const light = document.querySelector("[data-testid=light-state]");
        const before = light.dataset.savedAt;
        let touched = null;
        addEventListener("pointerdown", (event) => { touched = event.timeStamp; }, { capture: true, once: true });
        const observer = new MutationObserver(() => {
          const now = document.querySelector("[data-testid=light-state]");
          if (touched === null || !now || now.dataset.savedAt === before) return;
          observer.disconnect();
          // The frame after the next one: what the app has drawn is on the screen then.
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - touched)));
        });
        observer.observe(document, { attributes: true, childList: true, subtree: true, attributeFilter: ["data-saved-at"] });
        setTimeout(() => reject(new Error("nothing was saved within 10 s of the tap")), 10_000);
      }),
  );
  await locator.tap();
  return measured;
}

/** Types one character into the field in focus and answers the milliseconds until the results are drawn and laid out. */
export async function foundAfterKey(page, key) {
  // Listening before the key is sent: input overtakes what the page is asked to run.
  await page.evaluate(() => {
    globalThis.biaochiFound = new Promise((resolve) => {
      const measure = () => {
        const typed = performance.now();
        // A task of its own: after every handler and everything that they have put off to the end of theirs.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() + 0 * document.body.offsetHeight - typed);
        port2.postMessage(null);
      };
      addEventListener("input", measure, { capture: true, once: true });
    });
  });
  await page.keyboard.insertText(key);
  return page.evaluate(() => globalThis.biaochiFound);
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
