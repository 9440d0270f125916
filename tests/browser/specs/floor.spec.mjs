// What is shipped speaks the language of the browsers that are promised (README, "What was tried where"): scripts by syntax and by
// the interfaces that they name, styles by every property.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { ESLint } from "eslint";
import compat from "eslint-plugin-compat";
import esx from "eslint-plugin-es-x";
import stylelint from "stylelint";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DIST = join(ROOT, "dist");
const FLOOR = ["chrome 80", "safari 14.1", "firefox 78"];

/** Used only where the browser has it: what a name begins with, and what may be asked for. */
const ASKED_FOR = {
  // The page does it itself, whatever the worker lacks (src/browser/image.rs).
  "photo_worker": ["OffscreenCanvas", "createImageBitmap"],
  // wasm-bindgen asks for the registry before it uses it, and takes a missing “detached” for no; the app asks for the channel
  // (src/browser/channel.rs).
  "biaochi-app-": ["BroadcastChannel", "FinalizationRegistry", "ES2024 'ArrayBuffer.prototype.detached'"],
  "paper-": ["FinalizationRegistry", "ES2024 'ArrayBuffer.prototype.detached'"],
};
/** What adds comfort where it is known and changes nothing where it is not; or has its other way in style/old.css. */
const COMFORT = [
  // Long lists: what is out of sight is not laid out.
  "css-content-visibility",
  // Before Safari 15.4 long words are broken by word-break (style/base.css).
  "css-overflow-anywhere",
  // A ring around what the keyboard is at: older engines draw their own.
  "css-focus-visible",
  "css-touch-action",
  "text-size-adjust",
  // Paper from the browser itself; the files that Word and Excel print are the usual way.
  "css-paged-media",
  // style/old.css
  "flexbox-gap",
];

const linter = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [
    // The floor's common language is ECMAScript 2020; “aggressive” finds newer methods by their names alone.
    { ...esx.configs["flat/restrict-to-es2020"], settings: { "es-x": { aggressive: true } } },
    {
      files: ["**/*.js"],
      plugins: { compat },
      languageOptions: { ecmaVersion: 2020, sourceType: "module" },
      settings: { targets: FLOOR, lintAllEsApis: true },
      rules: { "compat/compat": "error" },
    },
  ],
});

/** What is wrong with a script: where, and what. */
async function faults(name, text, allowed = []) {
  const [{ messages }] = await linter.lintText(text, { filePath: "script.js" });
  return messages.filter(({ message }) => !allowed.some((name) => message.startsWith(name))).map(({ line, message }) => `${name}:${line} ${message}`);
}

test("every script that is shipped is understood by the browsers that are promised", async () => {
  const html = readFileSync(join(DIST, "index.html"), "utf8");
  const inline = [...html.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, text]) => text).filter(Boolean);
  expect(inline.length).toBeGreaterThan(0);
  const shipped = readdirSync(DIST).filter((name) => name.endsWith(".js"));
  expect(shipped.length).toBeGreaterThanOrEqual(5);
  const found = [];
  for (const text of inline) found.push(...(await faults("index.html", text)));
  for (const name of shipped) {
    const allowed = Object.entries(ASKED_FOR).find(([begins]) => name.startsWith(begins))?.[1];
    found.push(...(await faults(name, readFileSync(join(DIST, name), "utf8"), allowed)));
  }
  expect(found).toEqual([]);
});

test("a script that is newer than the floor is found", async () => {
  for (const [text, said] of [
    ["const last = [1].at(-1);", "at"],
    ["const own = Object.hasOwn({}, 1);", "hasOwn"],
    ["await fetch('/x');", "await"],
    ["const x = { a: 1 }; x.a ??= 2;", "="],
    ["class A { static {} }", "{"],
    ["new WeakRef({});", "WeakRef"],
  ]) {
    expect((await faults("new", text)).join(" "), text).toContain(said);
  }
});

test("every style that is shipped is understood by the browsers that are promised", async () => {
  const config = {
    plugins: ["stylelint-no-unsupported-browser-features"],
    rules: { "plugin/no-unsupported-browser-features": [true, { browsers: FLOOR, ignore: COMFORT, ignorePartialSupport: true }] },
  };
  const { results } = await stylelint.lint({ config, files: join(ROOT, "style/*.css"), configBasedir: fileURLToPath(new URL("../", import.meta.url)) });
  const found = results.flatMap(({ source, warnings }) => warnings.map(({ line, text }) => `${source.replace(ROOT, "")}:${line} ${text}`));
  expect(results.length).toBeGreaterThan(4);
  expect(found).toEqual([]);
});
