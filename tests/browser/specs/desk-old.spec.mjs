// The desk in Chromium 86, on which 360, old Edge and the browsers of 统信 and 麒麟 stand: a report is read and returned, a problem
// written; and nothing of any page lies beside the screen.
import { day } from "../harness/clock.mjs";
import { invented } from "../harness/desk.mjs";
import { until } from "../harness/endpoint.mjs";
import { OldChromium } from "../harness/old-chromium.mjs";
import { expect, test } from "../harness/test.mjs";

const PASSWORD = "柳河东沟西岭河湾双井大榆";
const [WIDE, OLD] = [{ width: 1366, height: 768 }, { width: 1024, height: 768 }];

test("Chromium 86: signed in, a report returned, a problem written", async ({ endpoint }, info) => {
  test.setTimeout(120_000);
  const links = await invented(endpoint);
  const pc = await OldChromium.open("86", WIDE);
  /** Waits until these words stand on a page that is wholly there, and answers its address. */
  const says = async (words) => {
    let address;
    await until(`“${words}” on the screen`, async () => (address = await pc.run((words) => document.readyState === "complete" && document.body.innerText.includes(words) && location.pathname, words)), 20_000);
    return address;
  };
  /** Fills in fields of the form that has this button, and presses it. */
  const send = (button, typed = {}) =>
    pc.run((button, typed) => {
      const pressed = [...document.querySelectorAll("main button")].find(({ innerText }) => innerText.trim() === button);
      for (const [name, value] of Object.entries(typed)) pressed.form.elements[name].value = value;
      pressed.click();
    }, button, typed);
  const follow = (name) => pc.run((name) => [...document.querySelectorAll("a")].find(({ innerText }) => innerText.trim() === name).click(), name);
  const sideways = {};
  const look = async (name) => {
    for (const size of [OLD, WIDE]) {
      await pc.resize(size);
      const scrolled = await pc.run(() => document.scrollingElement.scrollWidth);
      if (scrolled > size.width) sideways[`${name}, ${size.width}`] = scrolled;
    }
    await pc.photograph(info.outputPath(`${name}.png`));
  };
  try {
    expect(await pc.engine()).toContain("/86.");
    await pc.goto(links["示例镇"]);
    await says("再输一次");
    await send("设好密码", { password: PASSWORD, "password-again": PASSWORD });
    await says("密码设好了");
    await follow("去登录");
    await says("登录名");
    await send("登录", { login: "示例镇", password: PASSWORD });
    await says("今天要办");
    // The style reaches it: the ways stand beside one another.
    const tops = await pc.run(() => [...document.querySelectorAll("header nav a")].map((way) => Math.round(way.getBoundingClientRect().top)));
    expect(new Set(tops.slice(0, 3)).size).toBe(1);
    await look("today");
    await pc.goto(`${endpoint.url}/desk/reports?state=waiting`);
    await says("上报一览");
    await look("reports");
    await pc.run(() => document.querySelector("main tbody a[href*='/desk/reports/']").click());
    await says("退回修改");
    await look("report");
    await pc.run(() => (document.querySelector("main textarea").value = "签到表没有"));
    await send("退回修改", { due: day(3) });
    await says("退回");
    await pc.goto(`${endpoint.url}/desk/findings/new`);
    await says("存在问题");
    await look("new problem");
    await pc.run(() => document.querySelector("main input[type=checkbox]").click());
    await send("写好，发给支部", { problem: "公开栏没有写收支" });
    await says("公开栏没有写收支");
    expect(await pc.run(() => location.pathname)).toBe("/desk/findings");
    await look("problems");
    expect(sideways).toEqual({});
  } finally {
    await pc.discard();
  }
});
