// New versions of the app, as a deployment brings them. The endpoint reads the app when it starts: serve() again afterwards.
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seal } from "../../../.ci/seal-app.mjs";

/** Puts a new version of the app in place that describes itself by these words, complete and sealed; answers its version. */
export function deploy(endpoint, words) {
  const change = (name, pattern, text) => {
    const path = join(endpoint.app, name);
    writeFileSync(path, readFileSync(path, "utf8").replace(pattern, text));
  };
  change("index.html", /(<meta name="description" content=)".*?"/, `$1"${words}"`);
  change("manifest.webmanifest", /"description": ".*"/, `"description": "${words}"`);
  return seal(endpoint.app);
}

/** Makes the app of this version fail at its start. To be deployed afterwards; answers how to take it back. */
export function breakStart(endpoint) {
  const page = join(endpoint.app, "index.html");
  const right = readFileSync(page);
  writeFileSync(page, right.toString().replace(";init(", ";thatNobodyWrote("));
  return () => writeFileSync(page, right);
}

/** Gives the wasm the name of another build, as a real new version has; answers both addresses. To be deployed afterwards. */
export function renameWasm(endpoint) {
  const before = readdirSync(endpoint.app).find((name) => name.endsWith("_bg.wasm"));
  const after = before.replace(/-[0-9a-f]{16}_/, "-0123456789abcdef_");
  renameSync(join(endpoint.app, before), join(endpoint.app, after));
  const page = join(endpoint.app, "index.html");
  writeFileSync(page, readFileSync(page, "utf8").replaceAll(before, after));
  return { before: `/${before}`, after: `/${after}` };
}

/** Gives the worker for paper other bytes and so another name, as a real new version has; answers its address. To be deployed afterwards. */
export function renamePaper(endpoint) {
  const before = readdirSync(endpoint.app).find((name) => /^paper-.*\.js$/.test(name));
  const after = "paper-0123456789abcdef.js";
  const script = readFileSync(join(endpoint.app, before));
  rmSync(join(endpoint.app, before));
  writeFileSync(join(endpoint.app, after), Buffer.concat([script, Buffer.from("// the next version\n")]));
  const page = join(endpoint.app, "index.html");
  writeFileSync(page, readFileSync(page, "utf8").replaceAll(before, after));
  return `/${after}`;
}

/** Makes one file something else than the list says, as a broken deployment does; answers how to mend it. */
export function corrupt(endpoint, name) {
  const paths = [join(endpoint.app, name), join(endpoint.app, `${name}.br`)].filter(existsSync);
  const right = paths.map((path) => readFileSync(path));
  for (const path of paths.slice(1)) rmSync(path);
  writeFileSync(paths[0], Buffer.concat([right[0], Buffer.from("\n")]));
  return () => paths.forEach((path, i) => writeFileSync(path, right[i]));
}
