// The phone: a Chromium with a profile on disk, which can be closed and opened again, at the size of a small phone.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { SHIFT, tellTime } from "./clock.mjs";

const SCREENSHOTS = fileURLToPath(new URL("../screenshots/", import.meta.url));

/** Chromium's sandbox does not work for root, and small machines have little shared memory. */
export const FLAGS = [
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-dev-shm-usage",
  "--disable-gpu",
];

/** The Chromium named by the Makefile, or the system's. */
export function chromiumPath() {
  return process.env.CHROMIUM || execFileSync("bash", ["-c", "command -v chromium || command -v google-chrome"], { encoding: "utf8" }).trim();
}

/** A phone with a profile of its own; `open` may be called again after `close`, and everything stored is still there. */
export class Phone {
  /** @type {import("@playwright/test").BrowserContext | null} */
  context = null;
  #profile = mkdtempSync(join(tmpdir(), "biaochi-phone-"));
  #options;
  #off = 0;

  /** @param {import("@playwright/test").LaunchOptions & import("@playwright/test").BrowserContextOptions} options */
  constructor(options = {}) {
    this.#options = options;
  }

  /** Where everything lies that the phone keeps. */
  get profile() {
    return this.#profile;
  }

  /** Starts the browser and answers its page, with what goes wrong on it collected in `faults`. */
  async open() {
    this.context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: chromiumPath(),
      args: FLAGS,
      viewport: { width: 360, height: 780 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
      locale: "zh-CN",
      timezoneId: "Asia/Shanghai",
      ...this.#options,
    });
    this.context.setDefaultTimeout(10_000);
    await tellTime(this.context, SHIFT + this.#off);
    /** Violations of the Content-Security-Policy, files with a wrong hash and uncaught errors, in the order they came. */
    this.faults = [];
    this.context.on("console", (message) => {
      if (/Content Security Policy|valid digest in the 'integrity'/i.test(message.text())) this.faults.push(message.text());
    });
    this.context.on("weberror", (error) => this.faults.push(String(error.error())));
    return this.context.pages()[0] ?? this.context.newPage();
  }

  /** Sets the phone's clock so far ahead of the right time (milliseconds; less than 0: behind), as its settings do. */
  async setClock(off) {
    this.#off = off;
    if (this.context) await tellTime(this.context, SHIFT + off);
  }

  /** Ends the browser as closing the app does. */
  async close() {
    await this.context?.close();
    this.context = null;
  }

  /** Ends the browser at once and without a word, as an empty battery does, and waits until nothing of it is left. */
  async kill() {
    const gone = new Promise((resolve) => this.context.once("close", resolve));
    for (const id of this.#processes()) {
      try {
        process.kill(id, "SIGKILL");
      } catch {
        // It ended meanwhile.
      }
    }
    await gone;
    // One that still writes to the disk holds its files until it has.
    while (this.#processes().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    this.context = null;
  }

  /** The browser's processes: those that still have a command line. */
  #processes() {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .filter((id) => {
        try {
          return readFileSync(`/proc/${id}/cmdline`, "utf8").split(/[\0 ]/).includes(`--user-data-dir=${this.#profile}`);
        } catch {
          return false;
        }
      })
      .map(Number);
  }

  /** Ends the browser and forgets the phone. */
  async discard() {
    await this.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/** Slows the page's processor down: 6 is a phone of 600 yuan. */
export async function slowDown(page, rate = 6) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate });
}

/** Waits until the app may be used. */
export const usable = (page) => page.locator("html[data-ready=true]").waitFor({ state: "attached" });

/** Waits until this phone's worker is complete and active: from now on the app opens without a network. */
export const keptForOffline = (page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));

/** Where the build says the worker for paper lies. */
export const paperAddress = (page) => page.locator("meta[name=biaochi-paper]").getAttribute("content");

/** Whether this phone has the worker for paper, script and program. */
export const hasPaper = (page) =>
  page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("biaochi-app-"));
    const kept = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)));
    const script = document.querySelector("meta[name=biaochi-paper]").content;
    return kept.some((paths) => paths.includes(script) && paths.some((path) => /^\/paper-.*\.wasm$/.test(path)));
  });

/** Has the service worker keep now what it keeps later, and waits until it has. */
export async function keptForPaper(page) {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active.postMessage({ type: "later" }));
  while (!(await hasPaper(page))) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Lets what matches not arrive until the answered function is called: a very slow network. */
export async function holdBack(page, pattern) {
  let letCome;
  const mayCome = new Promise((resolve) => { letCome = resolve; });
  await page.route(pattern, async (route) => {
    await mayCome;
    await route.continue();
  });
  return letCome;
}

/** Photographs what is on the screen into tests/browser/screenshots/NAME.png, and a longer page as a whole into NAME-whole.png. */
export async function screenshot(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.evaluate(() => scrollTo(0, 0));
  const photograph = (file) => page.screenshot({ path: join(SCREENSHOTS, `${file}.png`), animations: "disabled" });
  await photograph(name);
  const screen = page.viewportSize();
  const height = await page.evaluate(() => document.scrollingElement.scrollHeight);
  if (height <= screen.height) return;
  // A screen as long as the page, so that what is fixed to its edges covers nothing.
  await page.setViewportSize({ ...screen, height });
  await photograph(`${name}-whole`);
  await page.setViewportSize(screen);
}
