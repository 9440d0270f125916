// The engine of Safari as Linux has it: WebKitGTK's small browser on a screen that nobody sees (Debian's webkit2gtk-driver and
// xvfb), asked over WebDriver (https://www.w3.org/TR/webdriver2/). It forgets everything when it is closed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { freePort, until } from "./endpoint.mjs";

export class WebKit {
  #screen;
  #driver;
  #at;
  #said;

  /** Starts the browser. */
  static async open() {
    const phone = new WebKit();
    try {
      await phone.#start();
    } catch (failure) {
      await phone.discard();
      throw failure;
    }
    return phone;
  }

  async #start() {
    this.#screen = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "800x1000x24", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
    const [display] = await once(this.#screen.stdout, "data");
    const port = await freePort();
    this.#driver = spawn("WebKitWebDriver", [`--port=${port}`], {
      env: { ...process.env, DISPLAY: `:${String(display).trim()}`, TZ: "Asia/Shanghai", LANG: "zh_CN.UTF-8", LIBGL_ALWAYS_SOFTWARE: "1" },
      stdio: "ignore",
    });
    this.#at = `http://127.0.0.1:${port}`;
    await until("WebDriver answers", async () => (await this.#ask("GET", "/status")).ready);
    const { sessionId, capabilities } = await this.#ask("POST", "/session", { capabilities: {} });
    this.#at += `/session/${sessionId}`;
    this.#said = `${capabilities.browserName} ${capabilities.browserVersion}`;
    await this.#ask("POST", "/window/rect", { x: 0, y: 0, width: 400, height: 860 });
  }

  async #ask(method, path, body) {
    const answer = await fetch(this.#at + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  }

  /** What the browser calls itself, its version included. */
  async engine() {
    return this.#said;
  }

  /** Runs a function on the page, with values that JSON can carry; answers such a value, awaited. */
  async run(work, ...words) {
    const script = `const done = arguments[0];
      new Promise((resolve) => resolve((${work})(...${JSON.stringify(words)})))
        .then((value) => done({ value: value === undefined ? null : value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.#ask("POST", "/execute/async", { script, args: [] });
    if (error) throw new Error(error);
    return value;
  }

  /** Goes to this address, as the address bar does. */
  goto(url) {
    return this.#ask("POST", "/url", { url });
  }

  /** Loads the page anew. */
  reload() {
    return this.#ask("POST", "/refresh", {});
  }

  /** The pointer presses here, in CSS pixels. */
  async touch(x, y) {
    const actions = [
      { type: "pointerMove", duration: 0, x: Math.round(x), y: Math.round(y), origin: "viewport" },
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ];
    await this.#ask("POST", "/actions", { actions: [{ type: "pointer", id: "hand", parameters: { pointerType: "mouse" }, actions }] });
  }

  /** Photographs what is on the screen into this file. */
  async photograph(file) {
    writeFileSync(file, Buffer.from(await this.#ask("GET", "/screenshot"), "base64"));
  }

  /** Ends the browser, and everything it kept with it. */
  async discard() {
    await this.#ask("DELETE", "").catch(() => {});
    for (const started of [this.#driver, this.#screen]) {
      if (!started || started.exitCode !== null) continue;
      const ended = once(started, "exit");
      started.kill();
      await ended;
    }
  }
}
