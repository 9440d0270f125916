// What the app weighs, and where: make size.
// The program as cargo wrote it still has its functions' names. It is bound and optimised once more as Trunk does, with names kept,
// so that the tables tell of what is shipped; raw and brotli are those of the very file in dist.
//   node .ci/size.mjs                  the tables; the figures go into target/size.json
//   node .ci/size.mjs --against FILE   the same, and what has changed since FILE was written
//   node .ci/size.mjs --write          the figures become the budget (.ci/size.json)
//   node .ci/size.mjs --budget         fails if the app is more than 1 % over the budget, and names what grew
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { functionsOf } from "./wasm.mjs";

const BUILT = "target/wasm32-unknown-unknown/wasm-release/biaochi-app.wasm";
const BUDGET = ".ci/size.json";
const LEEWAY = 1.01;

/** The functions of a program: name and bytes of code. */
function functions(wasm) {
  const { bodies, imported, names } = functionsOf(wasm);
  return bodies.map((body, index) => ({ name: (names.get(imported + index) ?? "?").replace(/\[[0-9a-f]+\]/g, ""), bytes: body.length }));
}

/** Where the bracket that opens at this place is closed; arrows are no brackets. */
function closing(name, open) {
  for (let at = open, depth = 0; at < name.length; at++) {
    if (name[at] === "<") depth++;
    if (name[at] === ">" && !/[-=]/.test(name[at - 1]) && --depth === 0) return at;
  }
  return name.length;
}

/** A path without what it is instantiated with. */
function bare(path) {
  let left = path;
  for (let open = left.indexOf("<"); open >= 0; open = left.indexOf("<")) {
    const end = closing(left, open);
    // What begins with a bracket is a method: of a type, or of a type as a trait.
    const of = open === 0 ? bare(left.slice(1, end).split(" as ")[0]) : left.slice(0, open).replace(/::$/, "");
    left = of + left.slice(end + 1);
  }
  return left;
}

/** What is made for whatever it is given: its code is told of as that of the closure or type it is given. */
const GIVEN = /biaochi::(?:ui::app::session::erased|json)::/;

/** What all instances of one generic function, all implementations of one method, and a function with its closures have in common. */
function family(name) {
  let left = /^biaochi::ui::app::session::erased::\w+::<.*?(biaochi::.*)>(::made)?::\{closure#0\}$/.exec(name)?.[1] ?? name;
  if (left[0] === "<") {
    const end = closing(left, 0);
    const inner = left.slice(1, end);
    const as = [...inner].findIndex((_, at) => inner.startsWith(" as ", at) && outermost(inner, at));
    const rest = bare(left.slice(end + 1));
    if (as < 0) return `${bare(inner)}${rest}`.replace(/(::\{closure#\d+\})+/g, "");
    const [self, of] = [inner.slice(0, as), inner.slice(as + 4)];
    if (/^biaochi::ui/.test(self) && /^tachys::/.test(of)) return bare(self).replace(/(::\{closure#\d+\})+.*/, "");
    left = `<${/^biaochi::/.test(self) ? "_" : bare(self)} as ${bare(of)}>${rest}`;
    return left.replace(/(::\{closure#\d+\})+/g, "");
  }
  return bare(left).replace(/(::\{closure#\d+\})+/g, "");
}

/** Whether no bracket is open at this place. */
const outermost = (text, at) => {
  let depth = 0;
  for (let before = 0; before < at; before++) {
    if (text[before] === "<") depth++;
    if (text[before] === ">" && !/[-=]/.test(text[before - 1])) depth--;
  }
  return depth === 0;
};

/** The folder of src/ that a function is there for: the first of ours that its name tells of, unless that only serves others. */
function folder(name) {
  const all = [...name.matchAll(/biaochi::(ui::\w+|\w+)[\w:]*/g)];
  const ours = all.find(([path]) => !GIVEN.test(path)) ?? all[0];
  if (ours) return `src/${ours[1].replace("::", "/")}`;
  return `(${/[a-z_]\w*(?=::)/.exec(name)?.[0] ?? "other"})`;
}

/** The asynchronous functions of the sources: their bodies are closures without a name of their own. */
function asynchronous() {
  const found = new Set();
  for (const file of readdirSync("src", { recursive: true })) {
    if (!file.endsWith(".rs") || file.startsWith("server")) continue;
    for (const [, name] of readFileSync(join("src", file), "utf8").matchAll(/async fn (\w+)/g)) found.add(name);
  }
  return found;
}

/** The kind of thing a function does. */
function kind(name, waits) {
  const plain = family(name);
  const runs = /(\w+)(?:::<[^]*>)?::\{closure#\d+\}(?:::<[^]*>)?$/.exec(name)?.[1];
  if (/\bserde(_core|_json)?::/.test(plain)) return "serde";
  if (waits.has(runs) || /\b(futures_\w+|wasm_bindgen_futures|indexed_db_futures|any_spawner)::/.test(plain)) return "async";
  if (/\b(alloc::collections|alloc::vec|alloc::raw_vec|core::slice|hashbrown|indexmap|slotmap|std::collections)\b/.test(plain)) return "collections";
  if (/\b(leptos\w*|tachys|reactive_graph|or_poisoned|throw_error|oco_ref|const_str_slice_concat)::/.test(plain)) return "Leptos";
  if (/\bbiaochi::ui::/.test(plain)) return "views and session";
  if (/\bbiaochi::/.test(plain)) return "our own below";
  if (/\b(core|alloc|std)::/.test(plain)) return "std";
  return "other";
}

const shipped = () => {
  const name = readdirSync("dist").find((file) => /^biaochi-app-.*\.wasm$/.test(file));
  if (!name) throw new Error("dist holds no app: make build");
  return { raw: readFileSync(join("dist", name)).length, brotli: readFileSync(join("dist", `${name}.br`)).length };
};

/** The program with names, optimised as Trunk does with data-wasm-opt="z". */
function named() {
  const scratch = mkdtempSync(join(tmpdir(), "biaochi-size-"));
  try {
    execFileSync("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-dir", scratch, "--out-name", "app", BUILT]);
    execFileSync("wasm-opt", ["-Oz", "-g", join(scratch, "app_bg.wasm"), "-o", join(scratch, "named.wasm")]);
    return readFileSync(join(scratch, "named.wasm"));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Bytes summed up by what a function gives of each name, the most first. */
function sums(all, key) {
  const by = new Map();
  for (const { name, bytes } of all) by.set(key(name), (by.get(key(name)) ?? 0) + bytes);
  return Object.fromEntries([...by].sort((a, b) => b[1] - a[1]));
}

function figures() {
  const all = functions(named()).sort((a, b) => b.bytes - a.bytes);
  const waits = asynchronous();
  return {
    ...shipped(),
    compiler: compiler(),
    folders: sums(all, folder),
    kinds: sums(all, (name) => kind(name, waits)),
    families: sums(all, family),
    instances: sums(all.map(({ name }) => ({ name, bytes: 1 })), family),
    largest: all.slice(0, 20),
  };
}

const compiler = () => execFileSync("rustc", ["--version"], { encoding: "utf8" }).trim();
const grouped = (number) => number.toLocaleString("en").padStart(10);
const signed = (number) => `${number > 0 ? "+" : ""}${number.toLocaleString("en")}`.padStart(10);

function table(title, rows, total, against, most = Infinity) {
  console.log(`\n${title}`);
  for (const [name, bytes] of Object.entries(rows).slice(0, most)) {
    const change = against ? signed(bytes - (against[name] ?? 0)) : "";
    console.log(`${grouped(bytes)} ${((100 * bytes) / total).toFixed(1).padStart(5)} % ${change}  ${name}`);
  }
}

/** What is larger than before, by name, the most first. */
const grown = (now, before) =>
  Object.keys({ ...now, ...before })
    .map((name) => ({ name, by: (now[name] ?? 0) - (before[name] ?? 0) }))
    .filter(({ by }) => by !== 0)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by));

function show(now, before) {
  const code = Object.values(now.folders).reduce((sum, bytes) => sum + bytes, 0);
  console.log(`the app's wasm: ${grouped(now.raw)} bytes, brotli ${grouped(now.brotli)}`);
  if (before) console.log(`since then:     ${signed(now.raw - before.raw)}        brotli ${signed(now.brotli - before.brotli)}`);
  table("by folder", now.folders, code, before?.folders, 40);
  table("by kind", now.kinds, code, before?.kinds);
  table("families: what the instances of one function, or a function with its closures, weigh together", now.families, code, before?.families, 60);
  console.log("\nlargest functions");
  for (const { name, bytes } of now.largest) console.log(`${grouped(bytes)}  ${name.slice(0, 150)}`);
  if (!before) return;
  console.log("\nfamilies that changed most");
  for (const { name, by } of grown(now.families, before.families ?? {}).slice(0, 40)) console.log(`${signed(by)}  ${name}`);
}

/** The budget holds only for what made it: another compiler, or a library that was not built anew, gives other bytes. */
function hold() {
  const budget = JSON.parse(readFileSync(BUDGET, "utf8"));
  const { brotli } = shipped();
  if (compiler() !== budget.compiler) return console.log(`the app's budget is that of ${budget.compiler}, this is ${compiler()}: not held`);
  if (brotli <= budget.brotli * LEEWAY) return console.log(`the app: ${brotli.toLocaleString("en")} bytes (brotli), of ${budget.brotli.toLocaleString("en")}`);
  console.error(`the app is ${brotli} bytes (brotli), more than 1 % over its budget of ${budget.brotli} (${BUDGET}). What grew most, in bytes of code:`);
  for (const { name, by } of grown(figures().folders, budget.folders).filter(({ by }) => by > 0).slice(0, 5)) console.error(`${signed(by)}  ${name}`);
  console.error("Make it smaller (make size), or say in the commit why it is worth its bytes and write the new figures: node .ci/size.mjs --write");
  process.exit(1);
}

const [what, file] = process.argv.slice(2);
if (what === "--budget") hold();
else {
  const now = figures();
  show(now, what === "--against" ? JSON.parse(readFileSync(file, "utf8")) : undefined);
  writeFileSync("target/size.json", JSON.stringify(now));
  const { raw, brotli, folders } = now;
  if (what === "--write") writeFileSync(BUDGET, `${JSON.stringify({ compiler: now.compiler, raw, brotli, folders }, null, 1)}\n`);
}
