// Later versions of the built-in standard, made from its own tables, and a roster in which a branch has another sector.
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { periodOn } from "./clock.mjs";
import { BRANCH } from "./endpoint.mjs";

const BUILTIN = fileURLToPath(new URL("../../../src/authoring/builtin/", import.meta.url));
const ROSTER = fileURLToPath(new URL("../../fixtures/demo-roster.csv", import.meta.url));

/** Writes the built-in tables into a new folder, each text edited by its table's name. */
function tables(edit) {
  const folder = mkdtempSync(join(tmpdir(), "biaochi-standard-"));
  for (const file of readdirSync(BUILTIN).filter((name) => name.endsWith(".csv"))) {
    const name = file.replace(".csv", "");
    const before = readFileSync(join(BUILTIN, file), "utf8");
    writeFileSync(join(folder, file), edit(name, before));
  }
  return folder;
}

function replaced(text, from, to) {
  if (!text.includes(from)) throw new Error(`the built-in standard no longer says ${from}`);
  return text.replaceAll(from, to);
}

/** Version 2026.3: the first item asks something else, the second one is gone, and another stands in its place. */
export function secondVersion() {
  return tables((name, text) => {
    if (name === "标准") text = replaced(text, "版本,2026.2", "版本,2026.3");
    if (name === "条目") {
      text = replaced(text, "正式党员3人以上的村设党支部", "正式党员3人以上的村必须单独设党支部");
      text = replaced(text, "支委会建制", "支委分工");
    }
    return text.replace(/^NC-A2,/gm, "NC-Z2,");
  });
}

/** Version 2027.1, for periods later than the one that is worked on. */
export function forLaterPeriods() {
  return tables((name, text) => {
    if (name === "标准") return replaced(text, "版本,2026.2", "版本,2027.1");
    if (name !== "考核周期") return text;
    const { id, ends } = periodOn();
    const later = text.trimEnd().split("\n").filter((line) => !line.startsWith(`${id},`) && !(line.split(",")[3] < ends));
    // One more than the built-in standard has: what falls due once a year has to fall due in one of them, on late days too.
    return [...later, "2029-H1,2029年上半年,2028-12-01,2029-05-31,2029-06-05"].join("\n");
  });
}

/** The demonstration roster with one branch in another sector. */
export function rosterWith(sector, branch = BRANCH) {
  const file = join(mkdtempSync(join(tmpdir(), "biaochi-roster-")), "roster.csv");
  const line = new RegExp(`^(${branch},.*),农村,`, "m");
  const roster = readFileSync(ROSTER, "utf8");
  if (!line.test(roster)) throw new Error(`the roster has no line of ${branch}`);
  writeFileSync(file, roster.replace(line, `$1,${sector},`));
  return file;
}
