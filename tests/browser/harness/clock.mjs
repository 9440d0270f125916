// The day on which stories play: the same on whatever day they run, for the endpoint, the command line and the phone alike.
// BIAOCHI_STORY_DAY plays them on another one. What is measured and photographed (BIAOCHI names the released program, which knows
// no day but the real one) plays today.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const DAY = 86_400_000;
const PERIODS = fileURLToPath(new URL("../../../src/authoring/builtin/考核周期.csv", import.meta.url));

const inShanghai = (ms) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(ms);

/** Today, as date fields want it: 2026-11-24, before the 上报截止 of the built-in standard's first period. */
export const TODAY = process.env.BIAOCHI ? inShanghai(Date.now()) : (process.env.BIAOCHI_STORY_DAY ?? "2026-11-24");

/** What every clock of a story is ahead of the machine's, in milliseconds. Stories begin in the morning: none meets midnight. */
export const SHIFT = process.env.BIAOCHI ? 0 : Date.parse(`${TODAY}T10:00:00+08:00`) - Date.now();

/** Now, in the story. */
export const now = () => Date.now() + SHIFT;

/** So many days from today in Shanghai, as date fields and tables want it. */
export const day = (days = 0) => inShanghai(Date.parse(`${TODAY}T10:00:00+08:00`) + days * DAY);

/** A day as the app says it: with the year only when it is not this one. */
export function said(date, today = TODAY) {
  const [year, month, of] = date.split("-").map(Number);
  return `${year === Number(today.slice(0, 4)) ? "" : `${year}年`}${month}月${of}日`;
}

/** The period of the built-in standard that is worked on that day: the earliest whose report is not overdue, else the last. */
export function periodOn(date = TODAY) {
  const all = readFileSync(PERIODS, "utf8").trim().split("\n").slice(1).map((line) => {
    const [id, name, starts, ends, submitBy] = line.trim().split(",");
    return { id, name, starts, ends, submitBy };
  });
  return all.find(({ ends, submitBy }) => date <= submitBy || date <= ends) ?? all.at(-1);
}

/** Has the pages of this browser tell a time that is so far ahead of the machine's (milliseconds): those to come, and those that
 * are open, as somebody who sets the phone's clock does. */
export async function tellTime(context, ahead) {
  const tell = (ahead) => {
    const first = globalThis.storyAhead === undefined;
    globalThis.storyAhead = ahead;
    if (!first) return;
    const Real = Date;
    const now = Real.now.bind(Real);
    const told = () => now() + globalThis.storyAhead;
    globalThis.Date = new Proxy(Real, {
      construct: (target, args, made) => Reflect.construct(target, args.length > 0 ? args : [told()], made),
      apply: () => new Real(told()).toString(),
      get: (target, name) => (name === "now" ? told : Reflect.get(target, name)),
    });
  };
  await context.addInitScript(tell, ahead);
  for (const page of context.pages()) if (page.url() !== "about:blank") await page.evaluate(tell, ahead);
}
