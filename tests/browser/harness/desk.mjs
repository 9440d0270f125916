// The desk over the invented county: somebody at each of its desks, signed in, in a browser as an office has it.
import { chromium, expect } from "@playwright/test";
import { chromiumPath, FLAGS } from "./browser.mjs";

/** The desks of the invented county, in the order in which `demo` prints their links. */
export const DESKS = ["示例镇", "示例县", "示例市", "示例审计"];
const PASSWORD = "柳河东沟西岭河湾双井大榆";

/** Makes the invented county and sets a password for each of its desks: their links, by desk. */
export async function invented(endpoint) {
  const told = await endpoint.command("demo", "--yes", "--base-url", endpoint.url);
  const links = told.match(/https?:\/\/\S+\/desk\/welcome\S+/g);
  expect(links).toHaveLength(DESKS.length);
  return Object.fromEntries(DESKS.map((desk, number) => [desk, links[number]]));
}

/** An office's PC; `faults` collects what goes wrong on its pages. */
export class Office {
  static async open(options = {}) {
    const office = new Office();
    office.browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
    office.options = options;
    return office;
  }

  faults = [];

  /** A clerk's own browser, signed in by a link: a page on 今天要办. */
  async signIn(link, login) {
    const context = await this.browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", timezoneId: "Asia/Shanghai", ...this.options });
    context.setDefaultTimeout(10_000);
    context.on("console", (message) => {
      if (message.type() === "error") this.faults.push(`${message.location().url}: ${message.text()}`);
    });
    context.on("weberror", (error) => this.faults.push(String(error.error())));
    const page = await context.newPage();
    await page.goto(link);
    for (const name of ["密码", "再输一次"]) await page.getByLabel(name, { exact: true }).fill(PASSWORD);
    await page.locator("main button[type=submit]").click();
    await page.getByRole("link", { name: "去登录" }).click();
    await page.getByLabel("登录名").fill(login);
    await page.getByLabel("密码").fill(PASSWORD);
    await page.locator("main button[type=submit]").click();
    await expect(page.locator("header nav")).toBeVisible();
    return page;
  }

  discard = () => this.browser.close();
}

/** An address without what is of one unit, report or problem alone: pages of one pattern look alike. */
const pattern = (address) => new URL(address).pathname.replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}|\/[0-9a-f]{16,}|\/\d{5,}[^/]*|\/rural\b/g, "/…");

/** Every page of the desk that links lead to from the page that is shown: one address of each pattern. */
export async function pagesOf(page) {
  const found = new Map([[pattern(page.url()), page.url()]]);
  const waiting = [page.url()];
  while (waiting.length) {
    const address = waiting.shift();
    const response = await page.request.get(address);
    if (!/text\/html/.test(response.headers()["content-type"] ?? "")) {
      found.delete(pattern(address));
      found.set(pattern(address), null);
      continue;
    }
    // The manual tells of all pages, also of those that are not for everybody.
    if (new URL(address).pathname === "/desk/manual") continue;
    for (const [, href] of (await response.text()).matchAll(/href="([^"]+)"/g)) {
      const to = new URL(href.replaceAll("&amp;", "&"), address);
      to.hash = "";
      if (!to.pathname.startsWith("/desk") || to.pathname.endsWith(".css") || to.origin !== new URL(address).origin) continue;
      if (found.has(pattern(to.href))) continue;
      found.set(pattern(to.href), to.href);
      waiting.push(to.href);
    }
  }
  return [...found].filter(([, address]) => address);
}
