// Puts the functions of a program into an order in which it compresses better: like beside like. A compiler's order is none to a
// compressor, and by use, as wasm-opt sorts them, is hardly one. What the program does and how long it is stay the same.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { functionsOf, withNames } from "./wasm.mjs";

/** What two functions have in common are the same so many bytes of code in a row … */
const ROW = 4;
/** … unless as many functions as these have them as well: that tells nothing. */
const COMMON = 1000;
/** So many functions back are looked at for the next one, each half as much as the one after it. */
const BACK = 10;

/** The rows of bytes of each function, as numbers; of each such number, which functions have it, if it tells anything. */
function rows(bodies) {
  const known = new Map();
  const having = [];
  const of = bodies.map((body, index) => {
    const own = new Set();
    for (let at = 0; at + ROW <= body.length; at++) {
      const row = body.readUIntBE(at, ROW);
      if (!known.has(row)) known.set(row, having.push([]) - 1);
      const id = known.get(row);
      if (!own.has(id)) having[id].push(index);
      own.add(id);
    }
    return own;
  });
  const tells = (id) => having[id].length > 1 && having[id].length <= COMMON;
  return { of: of.map((own) => Int32Array.from([...own].filter(tells))), having };
}

/** The order: after each function the one that has most in common with the last ones, for its length. */
function order(bodies) {
  const { of, having } = rows(bodies);
  const weight = having.map((those) => Math.log(bodies.length / those.length));
  const longest = bodies.map((_, index) => index).sort((a, b) => bodies[b].length - bodies[a].length);
  const isLeft = new Uint8Array(bodies.length).fill(1);
  const common = new Float64Array(bodies.length);
  const done = [];
  while (done.length < bodies.length) {
    common.fill(0);
    for (const [back, last] of done.slice(-BACK).reverse().entries()) {
      for (const id of of[last]) {
        const much = weight[id] * 0.5 ** back;
        for (const other of having[id]) common[other] += much;
      }
    }
    let [next, most] = [-1, 0];
    for (let index = 0; index < common.length; index++) {
      const much = isLeft[index] ? common[index] / (bodies[index].length + 20) : 0;
      if (much > most) [next, most] = [index, much];
    }
    if (next < 0) next = longest.find((index) => isLeft[index]);
    isLeft[next] = 0;
    done.push(next);
  }
  return done;
}

/** The program (a Buffer), arranged by wasm-opt, which sorts by names: each function is named by its place. */
export function arrange(wasm) {
  const { bodies, imported } = functionsOf(wasm);
  const places = new Array(bodies.length);
  order(bodies).forEach((index, place) => (places[index] = place));
  const names = [...new Array(imported).fill(0), ...places].map((place, index) => `${place}`.padStart(6, "0") + (index < imported ? `-${index}` : ""));
  const scratch = mkdtempSync(join(tmpdir(), "biaochi-arrange-"));
  try {
    const [from, to] = [join(scratch, "from.wasm"), join(scratch, "to.wasm")];
    writeFileSync(from, withNames(wasm, names));
    // The levels are those of -Oz: they keep how code is written down, no pass is run for them.
    execFileSync("wasm-opt", [from, "--reorder-functions-by-name", "--optimize-level", "2", "--shrink-level", "2", "-o", to]);
    return readFileSync(to);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
