// A phone whose browser stands on an engine of years ago: the real Chromium of then, as the npm package chrome-aws-lambda carries
// it (.ci/setup unpacks it). Playwright no longer speaks to it; what is needed of its protocol has not changed since and is spoken
// here, over the pipe that every Chromium has (https://chromedevtools.github.io/devtools-protocol/tot/Target/).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FLAGS } from "./browser.mjs";

export class OldChromium {
  #profile = mkdtempSync(join(tmpdir(), "biaochi-old-phone-"));
  #process;
  #page;
  #waiting = new Map();
  #asked = 0;

  /** Starts the browser of this major version, as a phone or on an office's screen of this size. The Makefile names where it lies
   * (CHROMIUM_86, CHROMIUM_80). */
  static async open(version, desk = null) {
    const home = process.env[`CHROMIUM_${version}`];
    if (!home) throw new Error(`CHROMIUM_${version} does not say where Chromium ${version} lies`);
    const phone = new OldChromium();
    try {
      await phone.#start(home, desk);
    } catch (failure) {
      await phone.discard();
      throw failure;
    }
    return phone;
  }

  async #start(home, desk) {
    // It has no sandbox of its own that a distribution would have set up.
    const flags = [...new Set([...FLAGS, "--no-sandbox"]), "--headless", "--remote-debugging-pipe", "--lang=zh-CN"];
    this.#process = spawn(join(home, "chromium"), [...flags, `--user-data-dir=${this.#profile}`], {
      env: { ...process.env, LD_LIBRARY_PATH: join(home, "lib"), TZ: "Asia/Shanghai" },
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      // A group of its own, to be ended as one.
      detached: true,
    });
    this.#process.once("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the browser has ended"));
    });
    this.#process.stdio[3].on("error", () => {});
    let text = "";
    this.#process.stdio[4].setEncoding("utf8").on("data", (more) => {
      const messages = (text + more).split("\0");
      text = messages.pop();
      for (const message of messages) this.#hear(JSON.parse(message));
    });
    const { targetId } = await this.#ask("Target.createTarget", { url: "about:blank" });
    this.#page = (await this.#ask("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    if (desk) return this.resize(desk);
    await this.#ask("Emulation.setDeviceMetricsOverride", { width: 360, height: 780, deviceScaleFactor: 2, mobile: true });
    await this.#ask("Emulation.setTouchEmulationEnabled", { enabled: true });
  }

  #ask(method, params = {}) {
    const id = ++this.#asked;
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId: this.#page })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { method, resolve, reject }));
  }

  #hear({ id, result, error }) {
    const waiting = this.#waiting.get(id);
    // What it tells without being asked is not needed.
    if (!waiting) return;
    this.#waiting.delete(id);
    if (error) waiting.reject(new Error(`${waiting.method}: ${error.message}`));
    else waiting.resolve(result);
  }

  /** What the browser calls itself, its version included. */
  async engine() {
    return (await this.#ask("Browser.getVersion")).product;
  }

  /** Runs a function on the page, with values that JSON can carry; answers such a value, awaited. */
  async run(work, ...words) {
    const expression = `(${work})(...${JSON.stringify(words)})`;
    const { result, exceptionDetails } = await this.#ask("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Goes to this address, as the address bar does; does not wait until it is loaded. */
  async goto(url) {
    const { errorText } = await this.#ask("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
  }

  /** Loads the page anew, and does not wait until it is. */
  reload() {
    return this.#ask("Page.reload");
  }

  /** Makes the screen of an office's PC this large. */
  resize({ width, height }) {
    return this.#ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** A finger touches the screen here, in CSS pixels, and leaves it. */
  async touch(x, y) {
    await this.#ask("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
    await this.#ask("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  }

  /** Photographs what is on the screen into this file. */
  async photograph(file) {
    const { data } = await this.#ask("Page.captureScreenshot");
    writeFileSync(file, Buffer.from(data, "base64"));
  }

  /** Ends the browser and forgets the phone. */
  async discard() {
    const ended = this.#process.exitCode === null && this.#process.signalCode === null ? once(this.#process, "exit") : null;
    // With all that it started, which would go on writing to the disk.
    if (ended) process.kill(-this.#process.pid, "SIGKILL");
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}
