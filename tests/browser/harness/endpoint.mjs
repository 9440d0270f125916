// The real endpoint with a database of its own and the real app, on one port, which it keeps when it is stopped and started
// again; and what may answer on that port in its place.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { seal, setBuilt } from "../../../.ci/seal-app.mjs";
import { SHIFT, TODAY } from "./clock.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BINARY = process.env.BIAOCHI ? fileURLToPath(new URL(process.env.BIAOCHI, new URL("../", import.meta.url))) : join(ROOT, "target/debug/biaochi");
const BUILTIN = join(ROOT, "src/authoring/builtin");
const ROSTER = join(ROOT, "tests/fixtures/demo-roster.csv");
/** 黑山县镇安镇十里村党支部 of the demonstration roster. */
export const BRANCH = "210726117203";

/** The program is told the day of the story; a released one does not listen. */
const ENVIRONMENT = { ...process.env, BIAOCHI_CLOCK_OFFSET_MS: String(SHIFT) };

let built;
/** dist/ as it would be, had it been built on the story's day; made once. */
function app() {
  if (SHIFT === 0) return join(ROOT, "dist");
  if (!built) {
    built = mkdtempSync(join(tmpdir(), "biaochi-app-"));
    process.on("exit", () => rmSync(built, { recursive: true, force: true }));
    cpSync(join(ROOT, "dist"), built, { recursive: true });
    setBuilt(built, TODAY);
    seal(built);
  }
  return built;
}

export class Endpoint {
  #folder = mkdtempSync(join(tmpdir(), "biaochi-endpoint-"));
  /** The app this endpoint serves: a copy of dist/, which a test may change. */
  app = join(this.#folder, "app");
  database = join(this.#folder, "biaochi.sqlite");
  #port = 0;
  #process = null;
  #portal = null;

  /** An endpoint with the built-in standard, or another one, the demonstration roster, and these modules on, started. */
  static async start(standard = ["publish-builtin"], modules = ["ledger", "photos", "mending"]) {
    const endpoint = new Endpoint();
    cpSync(app(), endpoint.app, { recursive: true });
    endpoint.#port = await freePort();
    await endpoint.command("standard", ...standard);
    if (modules.length > 0) await endpoint.command("standard", "modules", "--on", modules.join(","));
    await endpoint.command("roster", "import", ROSTER);
    await endpoint.serve();
    return endpoint;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Runs a command of the endpoint's command line on this database and answers its output. */
  async command(...words) {
    const { stdout } = await promisify(execFile)(BINARY, ["--database", this.database, ...words], { cwd: ROOT, env: ENVIRONMENT });
    return stdout;
  }

  /** Has `findings import` read these rows, the header first. */
  async importFindings(...rows) {
    const file = join(this.#folder, "findings.csv");
    writeFileSync(file, rows.map((cells) => cells.join(",")).join("\n"));
    return this.command("findings", "import", file);
  }

  /** What `findings list` says. */
  async findings(...words) {
    return JSON.parse(await this.command("findings", "list", "--json", ...words));
  }

  /** Publishes the built-in tables with a sector under another id and name: its branches have no standard then. */
  async publishWithout(sector) {
    const folder = join(this.#folder, "standard");
    cpSync(BUILTIN, folder, { recursive: true });
    const edit = (file, change) => writeFileSync(join(folder, file), change(readFileSync(join(folder, file), "utf8")));
    edit("标准.csv", (text) => text.replace("版本,2026.2", "版本,2026.2b"));
    // The sector lives on under an id and a name that no roster knows.
    const [, name] = readFileSync(join(folder, "领域.csv"), "utf8").match(new RegExp(`^${sector},([^,\\r\\n]+)`, "m"));
    edit("领域.csv", (text) => text.replace(`\n${sector},`, `\nnot-${sector},`));
    const named = new RegExp(`(^|[,、"])${name}(?=[,、"\\r\\n]|$)`, "gm");
    for (const file of readdirSync(folder).filter((file) => file.endsWith(".csv"))) edit(file, (text) => text.replace(named, `$1另一个${name}`));
    await this.command("standard", "publish", folder, "--yes-fewer-sectors");
  }

  /** Issues a fresh code for a branch: its 12 digits as `code` and the link that opens the app with it. */
  async issueCode(branch = BRANCH) {
    const [issued] = JSON.parse(await this.command("codes", "issue", "--branch", branch, "--base-url", this.url, "--json"));
    return issued;
  }

  /** Starts the endpoint on its port and waits until it answers. */
  async serve() {
    const output = [];
    const endpoint = spawn(BINARY, ["--database", this.database, "serve", "--listen", `127.0.0.1:${this.#port}`, "--app", this.app], {
      cwd: ROOT,
      env: ENVIRONMENT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [endpoint.stdout, endpoint.stderr]) stream.on("data", (bytes) => output.push(bytes));
    this.#process = endpoint;
    await until(`the endpoint answers on ${this.url}`, async () => {
      if (endpoint.exitCode !== null) throw new Stop(`the endpoint ended:\n${Buffer.concat(output)}`);
      return (await fetch(`${this.url}/api/v1/health`)).ok;
    });
  }

  /** Stops the endpoint as a service manager does; the port refuses connections. */
  stop = () => this.#end("SIGTERM");
  /** Kills the endpoint in the middle of whatever it is doing. */
  kill = () => this.#end("SIGKILL");

  async #end(signal) {
    const endpoint = this.#process;
    this.#process = null;
    if (!endpoint || endpoint.exitCode !== null) return;
    const ended = once(endpoint, "exit");
    endpoint.kill(signal);
    await ended;
  }

  /** Puts a captive portal in the endpoint's place: 200 and a page of its own, whatever is asked. */
  async enterCaptivePortal() {
    await this.kill();
    this.#portal = createHttpServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end("<!doctype html><title>WLAN</title><h1>请先登录无线网络</h1>");
    });
    await new Promise((resolve) => this.#portal.listen(this.#port, "127.0.0.1", resolve));
  }

  /** Takes the captive portal away and starts the endpoint again. */
  async leaveCaptivePortal() {
    await closeServer(this.#portal);
    this.#portal = null;
    await this.serve();
  }

  /** Stops everything and deletes the database. */
  async discard() {
    await this.kill();
    if (this.#portal) await closeServer(this.#portal);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A wire to the endpoint on a port of its own that counts the bytes sent to the phone, headers included. */
export async function countingWire(endpoint) {
  const target = Number(new URL(endpoint.url).port);
  const sockets = new Set();
  const wire = { bytes: 0, url: "", close: () => { for (const socket of sockets) socket.destroy(); return closeServer(server); } };
  const server = createServer((phone) => {
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [phone, upstream]) {
      sockets.add(socket);
      socket.on("error", () => { phone.destroy(); upstream.destroy(); });
    }
    upstream.on("data", (bytes) => { wire.bytes += bytes.length; });
    phone.pipe(upstream).pipe(phone);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  wire.url = `http://127.0.0.1:${server.address().port}`;
  return wire;
}

class Stop extends Error {}

/** Asks until the answer is yes; failures count as not yet, a Stop ends it. */
export async function until(what, ask, patience = 20_000) {
  const end = Date.now() + patience;
  for (;;) {
    try {
      if (await ask()) return;
    } catch (failure) {
      if (failure instanceof Stop) throw failure;
    }
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await closeServer(server);
  return port;
}

async function closeServer(server) {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections?.();
  await closed;
}
