// Every page: no accessibility violation in either theme, and nothing cut off at 特大字 on a narrow phone.
import AxeBuilder from "@axe-core/playwright";
import { Phone } from "../harness/browser.mjs";
import { everyPage } from "../harness/pages.mjs";
import { expect, test } from "../harness/test.mjs";

const setAttribute = (page, name, value) => page.evaluate(([name, value]) => document.documentElement.setAttribute(name, value), [name, value]);

test("axe finds nothing on any page, in both themes", async ({ endpoint, phone }) => {
  test.setTimeout(240_000);
  const found = [];
  await everyPage(phone, endpoint, async (page, name) => {
    for (const theme of ["", "sunlight"]) {
      await setAttribute(page, "data-theme", theme);
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, nodes } of violations) found.push(`${name} ${theme}: ${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
    }
    await setAttribute(page, "data-theme", "");
  });
  expect(found).toEqual([]);
});

test("at 特大字 on 320 px no page scrolls sideways, and targets stay large enough for a thumb", async ({ endpoint }) => {
  test.setTimeout(240_000);
  const narrow = new Phone({ viewport: { width: 320, height: 640 } });
  const found = [];
  await everyPage(narrow, endpoint, async (page, name) => {
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("button, .button, .quiet, .filter, .row, .place, .menu-entry, input, textarea, summary")]
        .filter((element) => element.offsetParent !== null && element.getBoundingClientRect().height < 47.5)
        .map((element) => `${element.className || element.tagName} ${Math.round(element.getBoundingClientRect().height)}`),
    );
    if (small.length) found.push(`${name}: small: ${[...new Set(small)].join(", ")}`);
    await setAttribute(page, "data-size", "huge");
    const width = await page.evaluate(() => document.scrollingElement.scrollWidth);
    if (width > 320) found.push(`${name}: ${width} px wide`);
    await setAttribute(page, "data-size", "");
  });
  await narrow.discard();
  expect(found).toEqual([]);
});
