// Every page of the desk, as it is found by following links: what axe minds, what scrolls sideways, how large it is.
import { DESKS, invented, Office, pagesOf } from "../harness/desk.mjs";
import { mindedByAxe } from "../harness/legible.mjs";
import { expect, test } from "../harness/test.mjs";

/** An office PC, an old screen, a page at twice its size on the first (half as wide in CSS pixels), a phone. */
const WIDTHS = [1366, 1024, 683, 360];
/** A page's bytes, before it is compressed. */
const MOST_BYTES = 60 * 1024;

for (const desk of DESKS) {
  test(`every page that ${desk} comes to can be read, on every screen, without script`, async ({ endpoint }) => {
    test.setTimeout(240_000);
    const links = await invented(endpoint);
    const office = await Office.open();
    try {
      const page = await office.signIn(links[desk], desk);
      const faults = {};
      const pages = await pagesOf(page);
      expect(pages.length).toBeGreaterThan(desk === "示例审计" ? 2 : 10);
      for (const [name, address] of pages) {
        const found = [];
        const response = await page.goto(address);
        if (response.status() !== 200) found.push(`answered with ${response.status()}`);
        const bytes = (await response.body()).length;
        if (bytes > MOST_BYTES) found.push(`${bytes} bytes`);
        found.push(...(await mindedByAxe(page)));
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 768 });
          const scrolled = await page.evaluate(() => document.scrollingElement.scrollWidth);
          if (scrolled > width) found.push(`scrolls sideways: ${scrolled} px wide on ${width} px`);
        }
        await page.setViewportSize({ width: WIDTHS[0], height: 768 });
        if (found.length) faults[`${name} (${address})`] = found;
      }
      expect(faults).toEqual({});
      expect(office.faults).toEqual([]);
    } finally {
      await office.discard();
    }
  });
}
