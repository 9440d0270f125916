// A phone whose browser stands on an engine of years ago: the real Chromium of then, as the npm package chrome-aws-lambda carries
// it (the set-up unpacks it, see .ci/setup), driven by a Puppeteer of then, because today's tools no longer speak to it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { FLAGS } from "./browser.mjs";
import { SHIFT, tellTime } from "./clock.mjs";

/** Where the set-up has put Chromium of this version, by major version; the Makefile names it. */
const home = (version) => process.env[`CHROMIUM_${version}`];

/** Whether it is on this machine. */
export const isHere = (version) => Boolean(home(version));

export class OldPhone {
  #profile = mkdtempSync(join(tmpdir(), "biaochi-old-phone-"));
  #browser = null;

  constructor(version) {
    this.version = version;
  }

  /** Starts the browser and answers its page; what goes wrong on it is collected in `faults`. */
  async open() {
    this.#browser = await puppeteer.launch({
      executablePath: join(home(this.version), "chromium"),
      args: [...FLAGS, "--headless", "--single-process", "--no-zygote", "--lang=zh-CN"],
      env: { ...process.env, LD_LIBRARY_PATH: join(home(this.version), "lib"), TZ: "Asia/Shanghai" },
      userDataDir: this.#profile,
      defaultViewport: { width: 360, height: 780, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
      ignoreDefaultArgs: ["--disable-extensions"],
    });
    const [page] = await this.#browser.pages();
    this.faults = [];
    page.on("pageerror", (error) => this.faults.push(String(error)));
    page.on("console", (message) => {
      if (/Content Security Policy|integrity/i.test(message.text())) this.faults.push(message.text());
    });
    page.setDefaultTimeout(30_000);
    await tellTime({ addInitScript: (script, ahead) => page.evaluateOnNewDocument(script, ahead), pages: () => [] }, SHIFT);
    return page;
  }

  /** Which engine it says it is. */
  async engine() {
    return this.#browser.version();
  }

  /** Ends the browser and forgets the phone. */
  async discard() {
    await this.#browser?.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/** Waits until this is said somewhere on the screen. */
export const says = (page, words) =>
  page.waitForFunction((words) => document.body.innerText.includes(words), {}, words);

/** Taps the first visible button, link or box of this name, as soon as there is one. */
export async function tap(page, name, within = "body") {
  const find = (name, within) =>
    [...document.querySelectorAll(`${within} button, ${within} a, ${within} [role=checkbox]`)].find(
      (element) => !element.disabled && element.offsetParent !== null && element.innerText.trim().startsWith(name),
    );
  const handle = await page.waitForFunction(find, {}, name, within);
  await handle.asElement().evaluate((element) => element.scrollIntoView({ block: "center" }));
  await handle.asElement().click();
}

/** Types into the field of this label, or screen reader's name, and leaves it. */
export async function type(page, label, text) {
  const find = (label) =>
    [...document.querySelectorAll("input, textarea")].find(
      (field) => field.getAttribute("aria-label") === label || [...(field.labels ?? [])].some((one) => one.innerText.trim().startsWith(label)),
    );
  const field = (await page.waitForFunction(find, {}, label)).asElement();
  await field.evaluate((element) => element.scrollIntoView({ block: "center" }));
  // A date field takes its keys in the order of the browser's language: its value is set, as its calendar does.
  if ((await field.evaluate((element) => element.type)) === "date") {
    await field.focus();
    await field.evaluate((element, text) => {
      element.value = text;
      for (const kind of ["input", "change"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
    }, text);
  } else {
    await field.click({ clickCount: 3 });
    await field.type(text);
  }
  await field.evaluate((element) => element.blur());
}

/** Goes somewhere inside the app without loading it anew. */
export const goTo = (page, path) =>
  page.evaluate((path) => {
    const link = document.createElement("a");
    link.href = path;
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
