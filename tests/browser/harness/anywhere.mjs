// The way from the slip to the receipt in any browser that runs a function on its page (`run`) and can be touched: old-chromium.mjs
// and webkit.mjs. By the words on the screen, as in secretary.mjs, which needs Playwright.
import { expect } from "@playwright/test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tellTime, SHIFT, TODAY } from "./clock.mjs";
import { Endpoint, until } from "./endpoint.mjs";
import { deploy } from "./update.mjs";

/** Waits until the function answers yes on the page, and answers what it says. A page that is just being left has no answer yet. */
async function seen(phone, what, look, ...words) {
  let answer;
  await until(what, async () => (answer = await phone.run(look, ...words)), 30_000);
  return answer;
}

const shows = (phone, selector) => seen(phone, selector, (selector) => Boolean(document.querySelector(selector)), selector);
const says = (phone, words) => seen(phone, `“${words}” on the screen`, (words) => document.body.innerText.includes(words), words);
const usable = (phone) => shows(phone, "html[data-ready=true]");

/** Touches the middle of what `find` answers, as soon as there is such an element in sight; again where the page moved under the
 * finger, as somebody who missed does. */
async function touch(phone, what, find, ...words) {
  const place = `(...words) => {
    const element = (${find})(...words);
    if (!element) return null;
    element.scrollIntoView({ block: "center" });
    const { left, top, width, height } = element.getBoundingClientRect();
    const middle = [left + width / 2, top + height / 2];
    if (!element.contains(document.elementFromPoint(...middle))) return null;
    globalThis.touched = null;
    addEventListener("click", ({ target }) => { globalThis.touched = element.contains(target) ? "it" : "beside"; }, { capture: true, once: true });
    return middle;
  }`;
  do await phone.touch(...(await seen(phone, what, place, ...words)));
  while ((await seen(phone, `the touch of ${what}`, () => globalThis.touched)) === "beside");
}

/** Touches the first visible button, link or box that this is written on. */
const tap = (phone, name, within = "body") =>
  touch(phone, name, (name, within) =>
    [...document.querySelectorAll(`${within} button, ${within} a, ${within} [role=checkbox]`)].find(
      (element) => !element.disabled && element.offsetParent !== null && element.innerText.trim().startsWith(name),
    ), name, within);

/** Writes into the field of this label, or screen reader's name, as a keyboard for Chinese does, and leaves it. */
async function write(phone, label, text) {
  const find = (label) =>
    [...document.querySelectorAll("input, textarea")].find(
      (field) => field.getAttribute("aria-label") === label || [...(field.labels || [])].some((one) => one.innerText.trim().startsWith(label)),
    );
  await touch(phone, label, find, label);
  await phone.run(`(label, text) => {
    const field = (${find})(label);
    field.focus();
    if (field.type === "date") {
      // Its keys go in the order of the browser's language: the value is set, as its calendar does.
      field.value = text;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    } else {
      field.select();
      document.execCommand("insertText", false, text);
    }
    field.blur();
  }`, label, text);
}

/** Goes somewhere inside the app without loading it anew. */
const goTo = (phone, path) =>
  phone.run((path) => {
    const link = document.createElement("a");
    link.href = path;
    document.body.append(link);
    link.click();
    link.remove();
  }, path);

/** Loads the page anew and waits until the app may be used again. */
async function reopen(phone) {
  await phone.run(() => void (document.documentElement.dataset.left = "true"));
  await phone.reload();
  await shows(phone, "html[data-ready=true]:not([data-left])");
}

/** Waits until everything is on disk: before that, the app has the browser ask whether to leave, and nobody answers. */
const saved = (phone) => shows(phone, "[data-testid=light-state][data-saved-at]");
const savedAt = (phone) => phone.run(() => document.querySelector("[data-testid=light-state]").dataset.savedAt || null);

/** Answers the question on the screen as fully met and waits until that is on disk; no where it asks for figures. */
async function answer(phone) {
  const before = await savedAt(phone);
  const tapped = await phone.run(() => {
    for (const part of document.querySelectorAll("[data-testid=question] .part:not([data-not-due])")) {
      const buttons = [...part.querySelectorAll("button")];
      const named = (name) => buttons.find((button) => button.innerText.trim() === name);
      const chosen = named("做到了") || named("每条都做到了") || part.querySelector("[role=checkbox]") || named("都没有") || part.querySelector(".choice");
      if (!chosen) return false;
      chosen.click();
    }
    return true;
  });
  if (tapped) await seen(phone, "the answer is saved", (before) => (document.querySelector("[data-testid=light-state]").dataset.savedAt || before) !== before, before);
  return tapped;
}

/** Has the page itself tell the time of the story, and collect what goes wrong on it: these browsers cannot be told before the page
 * starts. */
async function prepare(endpoint) {
  const page = join(endpoint.app, "index.html");
  const prepend = (work, value) => writeFileSync(page, readFileSync(page, "utf8").replace("<head>", () => `<head><script>(${work})(${value})</script>`));
  await tellTime({ addInitScript: prepend, pages: () => [] }, SHIFT);
  prepend(() => {
    globalThis.faults = [];
    addEventListener("error", ({ message }) => { if (message) globalThis.faults.push(message); });
    addEventListener("unhandledrejection", ({ reason }) => { globalThis.faults.push(String(reason)); });
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      // Chromium of 2020 reports wasm as eval also where 'unsafe-eval' lets it be compiled; where it does not, nothing starts.
      if (blockedURI !== "eval") globalThis.faults.push(`${violatedDirective}: ${blockedURI}`);
    });
  }, "");
  deploy(endpoint, "told the time");
  await endpoint.stop();
  await endpoint.serve();
}

const noFaults = async (phone) => expect(await phone.run(() => globalThis.faults)).toEqual([]);

/** Walks the whole way with the browser that `open` starts; photographs two of its screens where `photo` says. */
export async function walk(open, photo) {
  const endpoint = await Endpoint.start();
  let phone;
  try {
    await prepare(endpoint);
    phone = await open();
    const { link } = await endpoint.issueCode();
    await phone.goto(link);
    await usable(phone);
    await tap(phone, "看明白了，开始用");
    await shows(phone, "[data-testid=next]");
    await phone.run(async () => void (await navigator.serviceWorker.ready));

    await goTo(phone, "/profile");
    for (const [name, figure] of [["正式党员", "23"], ["支委人数", "3"], ["党小组数", "2"]]) await write(phone, name, figure);
    await tap(phone, "就这样");
    await shows(phone, "[data-testid=next]");

    await saved(phone);
    await noFaults(phone);

    // The network is gone; the app opens all the same, and five questions are answered.
    await endpoint.stop();
    await reopen(phone);
    await tap(phone, "开始自查");
    await shows(phone, "[data-testid=question]");
    let answered = 0;
    for (let passed = 0; answered < 5 && passed < 20; passed++) {
      if (await answer(phone)) answered += 1;
      if (answered === 5) break;
      const before = await phone.run(() => document.querySelector("[data-testid=question]").innerText);
      await touch(phone, "the next question", () => document.querySelector("[data-testid=next-item]"));
      await seen(phone, "the next question", (before) => {
        const question = document.querySelector("[data-testid=question]");
        return question && question.innerText !== before;
      }, before);
    }
    expect(answered).toBe(5);
    await phone.photograph(photo("question"));

    await goTo(phone, "/submit");
    await write(phone, "研究日期", TODAY);
    await write(phone, "姓名", "王文书");
    await tap(phone, "文书");
    await write(phone, "书记姓名", "李书记");
    await touch(phone, "the box", () => document.querySelector("[role=checkbox]"));
    await tap(phone, "上报给");
    await shows(phone, "[data-testid=sent]");
    await says(phone, "等网络");

    await endpoint.serve();
    await phone.run(() => void document.dispatchEvent(new Event("visibilitychange")));
    await goTo(phone, "/submissions");
    await says(phone, "已送达");
    const [listed] = JSON.parse(await endpoint.command("review", "list", "--json"));
    await says(phone, listed.receipt.code);
    await phone.photograph(photo("sent"));
    await noFaults(phone);
    return await phone.engine();
  } finally {
    await phone?.discard();
    await endpoint.discard();
  }
}
