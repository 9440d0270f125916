// Every page of the desk, on an office PC, on a phone, and as it is printed.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DESKS, invented, Office, pagesOf } from "../harness/desk.mjs";
import { test } from "../harness/test.mjs";

const FOLDER = fileURLToPath(new URL("../screenshots/desk/", import.meta.url));

for (const desk of DESKS) {
  test(`the pages of ${desk}`, async ({ endpoint }) => {
    test.setTimeout(240_000);
    mkdirSync(FOLDER, { recursive: true });
    const links = await invented(endpoint);
    const office = await Office.open();
    const page = await office.signIn(links[desk], desk);
    for (const [pattern, address] of await pagesOf(page)) {
      const name = `${FOLDER}${desk}${pattern.replaceAll("/", "-").replaceAll("…", "x")}`;
      await page.goto(address);
      await page.screenshot({ path: `${name}.png`, fullPage: true });
      await page.setViewportSize({ width: 360, height: 780 });
      await page.screenshot({ path: `${name}-360.png` });
      await page.setViewportSize({ width: 1366, height: 768 });
      writeFileSync(`${name}.pdf`, await page.pdf({ format: "A4", preferCSSPageSize: true }));
    }
    await office.discard();
  });
}
