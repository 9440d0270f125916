// Trunk's post_build hook: completes the built app in the staging folder.
// - the programs' functions in an order that compresses well (.ci/arrange.mjs), the app's under the name of its new bytes;
// - the loader in index.html, without Trunk's top-level await, which Chromium knows only from 89 on;
// - paper-HASH.js and .wasm: the worker for paper under hashed names, its loader, and its address in index.html;
// - the day of what was built, in index.html;
// - sw.js: the list of all files with their SHA-256, those that may come later apart, and the version, which is the hash of both;
// - csp.txt: the Content-Security-Policy the server sends, with the hashes of what stands inline in index.html;
// - FILE.br beside every file that compresses.
// A development build (trunk serve) is left unsealed, so that no service worker hides what is being written.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { arrange } from "./arrange.mjs";

const COMPRESSIBLE = new Set([".html", ".js", ".wasm", ".css", ".svg", ".webmanifest", ".json", ".txt"]);
/** Not part of what a phone keeps: the worker itself, what is only for the server, and what the browser asks for once, when the
 * app is put on the home screen. */
const NOT_LISTED = /^(sw\.js|csp\.txt|icons\/.*)$/;
/** Kept for offline as well, but only after the version is complete: no first visit waits for it. */
const LATER = /^paper-[0-9a-f]{16}\.(js|wasm)$/;
/** What Trunk names the worker for paper: without a hash, because only the app at run time would know it. */
const WORKER = "biaochi-paper";
const UNSEALED = "const SEAL = null;";
const SEALED = /^const SEAL = .*;$/m;

const isReleased = process.env.TRUNK_PROFILE === "release";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("base64");

/** All files below a folder, as paths with forward slashes, sorted. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    .sort();
}

/** The policy that allows exactly what this page has inline, and its own files. */
function policy(html) {
  const inline = (element) =>
    [...html.matchAll(new RegExp(`<${element}(?=[\\s>])([^>]*)>([^]*?)</${element}>`, "g"))]
      .filter(([, attributes]) => !/\ssrc=/.test(attributes))
      .map(([, , text]) => `'sha256-${sha256(text)}'`);
  return [
    "default-src 'none'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...inline("script")].join(" "),
    ["style-src 'self'", ...inline("style")].join(" "),
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "manifest-src 'self'",
    "worker-src 'self'",
    "font-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Whether a file is these bytes compressed already: the highest quality takes seconds, which sealing again can spare. */
function holds(file, bytes) {
  try {
    return brotliDecompressSync(readFileSync(file)).equals(bytes);
  } catch {
    return false;
  }
}

/** Trunk's loader waits for the program with a top-level await; ours does not wait: nobody asks when it has started. */
const LOADER = /<script type="?module"?[^>]*>\s*import init\b[^]*? from (['"])(?<script>[^'"]+)\1;?[^]*?module_or_path:\s*(['"])(?<wasm>[^'"]+)\3[^]*?<\/script>/;

/** Puts our loader in place of Trunk's. A rejection is heard by src/browser/start_guard.js. */
function plainLoader(folder) {
  const page = join(folder, "index.html");
  const html = readFileSync(page, "utf8");
  const plain = html.replace(LOADER, (...found) => {
    const { script, wasm } = found[found.length - 1];
    return `<script type="module">import init from "${script}";init({module_or_path:"${wasm}"});</script>`;
  });
  if (plain === html) throw new Error("index.html has no loader of Trunk's as it is known here");
  writeFileSync(page, plain);
}

/** Arranges the app's program, and writes its new name and hash into index.html. */
function arrangeApp(folder) {
  const page = join(folder, "index.html");
  const before = filesIn(folder).find((name) => /^biaochi-app-[0-9a-f]+_bg\.wasm$/.test(name));
  const built = readFileSync(join(folder, before));
  const wasm = arrange(built);
  const after = `biaochi-app-${createHash("sha256").update(wasm).digest("hex").slice(0, 16)}_bg.wasm`;
  rmSync(join(folder, before));
  writeFileSync(join(folder, after), wasm);
  const integrity = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
  writeFileSync(page, readFileSync(page, "utf8").replaceAll(before, after).replaceAll(integrity(built), integrity(wasm)));
}

/** Gives the worker for paper its hashed names, its loader, and its place in index.html. */
function stagePaper(folder) {
  const take = (name) => {
    const bytes = readFileSync(join(folder, name));
    rmSync(join(folder, name));
    return bytes;
  };
  const hashed = (bytes, ending) => {
    const name = `paper-${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}.${ending}`;
    writeFileSync(join(folder, name), bytes);
    return name;
  };
  const wasm = hashed(isReleased ? arrange(take(`${WORKER}_bg.wasm`)) : take(`${WORKER}_bg.wasm`), "wasm");
  // The program itself says when it is ready; where it cannot be had, nobody else would say so.
  const start = `wasm_bindgen({ module_or_path: "/${wasm}" }).catch(() => postMessage("absent"));\n`;
  const script = hashed(`${take(`${WORKER}.js`)}\n${start}`, "js");
  writeMeta(folder, "biaochi-paper", `/${script}`);
}

/** Writes into the page's head what only the build knows. */
function writeMeta(folder, name, content) {
  const page = join(folder, "index.html");
  const html = readFileSync(page, "utf8");
  const place = new RegExp(`(<meta name="?${name}"? content=)("[^"]*"|)(?=[\\s/>])`);
  if (!place.test(html)) throw new Error(`index.html has no place for ${name}`);
  writeFileSync(page, html.replace(place, `$1"${content}"`));
}

/** The day, in Shanghai, of what was built: the same sources give the same day whenever and wherever they are built. That of
 * SOURCE_DATE_EPOCH (https://reproducible-builds.org/docs/source-date-epoch/), else of the commit, else of the newest of the
 * files at the top, whose times an unpacked archive keeps. */
export function builtOn(environment = process.env, root = ".") {
  const commit = () => {
    try {
      return Number(execFileSync("git", ["-C", root, "log", "-1", "--format=%ct"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
    } catch {
      return 0; // No git here, or no repository.
    }
  };
  const files = () => Math.max(...["Cargo.toml", "Cargo.lock", "index.html"].map((name) => statSync(join(root, name)).mtimeMs / 1000));
  const seconds = Number(environment.SOURCE_DATE_EPOCH) || commit() || files();
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(seconds * 1000);
}

/** Gives the app another day of its build. To be sealed afterwards. */
export const setBuilt = (folder, day) => writeMeta(folder, "biaochi-built", day);

/** Seals the app in this folder; sealing again what has been changed since is allowed (the browser tests make updates so). */
export function seal(folder) {
  const plain = () => filesIn(folder).filter((name) => !name.endsWith(".br"));
  for (const name of filesIn(folder)) if (name.endsWith(".br") && !existsSync(join(folder, name.slice(0, -3)))) rmSync(join(folder, name));
  const html = readFileSync(join(folder, "index.html"), "utf8");
  writeFileSync(join(folder, "csp.txt"), policy(html));

  const listed = plain().filter((name) => !NOT_LISTED.test(name));
  const entry = (name) => ({
    url: name === "index.html" ? "/" : `/${name}`,
    sha256: sha256(readFileSync(join(folder, name))),
  });
  const files = listed.filter((name) => !LATER.test(name)).map(entry);
  const later = listed.filter((name) => LATER.test(name)).map(entry);
  const version = createHash("sha256").update(JSON.stringify([files, later])).digest("hex").slice(0, 16);
  const worker = readFileSync(join(folder, "sw.js"), "utf8");
  if (!worker.includes(UNSEALED) && !SEALED.test(worker)) throw new Error(`sw.js has no line “${UNSEALED}” to seal`);
  writeFileSync(join(folder, "sw.js"), worker.replace(SEALED, () => `const SEAL = ${JSON.stringify({ version, files, later })};`));

  for (const name of plain()) {
    if (!COMPRESSIBLE.has(extname(name)) || name === "csp.txt") continue;
    const bytes = readFileSync(join(folder, name));
    const sibling = join(folder, `${name}.br`);
    if (existsSync(sibling) && holds(sibling, bytes)) continue;
    rmSync(sibling, { force: true });
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    const compressed = brotliCompressSync(bytes, { params });
    if (compressed.length < bytes.length) writeFileSync(sibling, compressed);
  }
  return version;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.env.TRUNK_STAGING_DIR;
  if (!folder) throw new Error("TRUNK_STAGING_DIR is not set: this is a hook of trunk build");
  if (isReleased) arrangeApp(folder);
  stagePaper(folder);
  setBuilt(folder, builtOn());
  plainLoader(folder);
  if (isReleased) console.log(`sealed the app as version ${seal(folder)}`);
}
