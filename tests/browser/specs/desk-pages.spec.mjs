// Every page of the desk, as it is found by following links: what axe minds, where the Tab key does not come,
// what scrolls sideways, how large it is.
import { invented, Office, pagesOf } from "../harness/desk.mjs";
import { mindedByKeyboard } from "../harness/keyboard.mjs";
import { mindedByAxe } from "../harness/legible.mjs";
import { expect, test } from "../harness/test.mjs";

/** An office PC, an old screen, a page at twice its size on the first (half as wide in CSS pixels), a phone. */
const WIDTHS = [1366, 1024, 683, 360];
/** A page's bytes, before it is compressed. */
const MOST_BYTES = 60 * 1024;

for (const desk of ["示例镇", "示例市", "示例审计"]) {
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
        found.push(...(await mindedByAxe(page)), ...(await mindedByKeyboard(page)));
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

/** What nobody means to type: nothing, markup, what turns the writing or ends a text, a formula, a number too large, much too much. */
const HOSTILE = ["", "<script>alert(1)</script>\"'&", "\u202e\u0000\t', ''); --", "=cmd|'/c calc'!A1", "99999999999999999999", "一".repeat(70_000)];

test("whatever is typed into any form, the desk answers in words", async ({ endpoint }) => {
  test.setTimeout(240_000);
  const links = await invented(endpoint);
  const office = await Office.open();
  try {
    const page = await office.signIn(links["示例市"], "示例市");
    const answered = {};
    let sent = 0;
    for (const [, address] of await pagesOf(page)) {
      await page.goto(address);
      const forms = await page.locator("form[method=post]").evaluateAll((forms) =>
        forms.map((form) => ({ action: form.getAttribute("action"), multipart: form.enctype === "multipart/form-data", fields: [...form.elements].filter(({ name }) => name).map(({ name, type, value }) => ({ name, type, value })) })));
      // What would end this session, or the account that tries.
      for (const { action, multipart, fields } of forms.filter(({ action }) => !/sign-out|password|sessions|close|hand-over/.test(action)))
        for (const hostile of HOSTILE) {
          const typed = Object.fromEntries(fields.map(({ name, type, value }) => [name, name === "csrf" ? value : type === "file" ? { name: "表.xlsx", mimeType: "application/octet-stream", buffer: Buffer.from(hostile) } : hostile]));
          const options = { maxRedirects: 0, headers: { origin: endpoint.url } };
          const response = await page.request.post(new URL(action, address).href, { ...options, ...(multipart ? { multipart: typed } : { form: typed }) });
          sent += 1;
          if (response.status() >= 500) answered[`${action}: ${hostile.slice(0, 20)}`] = response.status();
        }
    }
    expect(sent).toBeGreaterThan(60);
    expect(answered).toEqual({});
    await page.goto(`${endpoint.url}/desk`);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("今天要办");
  } finally {
    await office.discard();
  }
});
