// make dev: Trunk rebuilds and reloads the app on http://127.0.0.1:8081 and passes /api on to the endpoint, which this rebuilds and
// restarts when one of its sources changes. The endpoint keeps its own database (data/biaochi.sqlite), as make run does.
import { spawn } from "node:child_process";
import { existsSync, watch } from "node:fs";
import { once } from "node:events";

const SERVER_SOURCES = ["src/domain", "src/protocol", "src/authoring", "src/sheets", "src/server"];
const BINARY = "target/debug/biaochi";
/** The endpoint is compiled by the ordinary toolchain, whatever the app needs. */
const { RUSTUP_TOOLCHAIN: _, ...native } = process.env;

const run = (program, words, env = native) => spawn(program, words, { stdio: "inherit", env });
const finished = async (child) => (await once(child, "exit"))[0] === 0;

let endpoint = null;
async function stopEndpoint() {
  if (!endpoint || endpoint.exitCode !== null || endpoint.signalCode !== null) return;
  const ended = once(endpoint, "exit");
  endpoint.kill("SIGTERM");
  await ended;
}

async function restart() {
  if (!(await finished(run("cargo", ["build", "--locked", "--features", "server", "--bin", "biaochi"])))) return;
  await stopEndpoint();
  const isNew = !existsSync("data/biaochi.sqlite");
  // A standard of one's own that is being tried stays in force; told by what the command says.
  await finished(run(BINARY, ["standard", "publish-builtin"]));
  if (isNew) await finished(run(BINARY, ["standard", "modules", "--on", "ledger,photos,mending"]));
  if (!(await finished(run(BINARY, ["roster", "import", "tests/fixtures/demo-roster.csv"])))) return;
  endpoint = run(BINARY, ["serve", "--listen", "127.0.0.1:8080"]);
}

// One restart at a time; changes meanwhile ask for one more.
let running = false;
let asked = false;
async function changed() {
  asked = true;
  if (running) return;
  running = true;
  while (asked) {
    asked = false;
    await restart();
  }
  running = false;
}

await changed();
await finished(run(BINARY, ["codes", "issue", "--branch", "210726117203", "--base-url", "http://127.0.0.1:8081"]));
for (const folder of SERVER_SOURCES) watch(folder, { recursive: true }, changed);

const trunk = run(
  "trunk",
  [
    ...["serve", "--skip-version-check", "--offline", "true", "--locked", "true", "--dist", "target/dev-app"],
    ...["--address", "127.0.0.1", "--port", "8081", "--proxy-backend", "http://127.0.0.1:8080/api/", "--proxy-no-system-proxy"],
    ...["src", "style", "public", "index.html"].flatMap((path) => ["--watch", path]),
    ...["src/server", "src/authoring", "src/sheets"].flatMap((path) => ["--ignore", path]),
  ],
  process.env,
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => trunk.kill(signal));
await once(trunk, "exit");
await stopEndpoint();
process.exit();
