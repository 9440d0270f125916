// Records what the app of today says to the endpoint and hears from it, for tests/server/frozen_phone.rs:
//
//     npx playwright test --project=record
//
// Run it only to freeze another app beside the one that is frozen: each file is what some phones out there still speak.
import { writeFileSync } from "node:fs";
import { keptForOffline } from "../harness/browser.mjs";
import { BRANCH, Endpoint } from "../harness/endpoint.mjs";
import { add, picture } from "../harness/photos.mjs";
import { activate, answerAll, confirmProfile, goTo, lookAgain, openItem, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

const STANDARD = new URL("../../fixtures/standards/2026.1/", import.meta.url).pathname;

test("the traffic of a phone from its activation to an approved correction", async ({ phone }) => {
  test.setTimeout(600_000);
  const endpoint = await Endpoint.start(["publish", STANDARD]);
  const said = [];
  const upper = async (...words) => {
    // What is under way when the upper level speaks is heard before.
    await quiet();
    said.push({ command: words });
    return endpoint.command(...words);
  };
  let open = 0;
  const quiet = () => expect.poll(() => open).toBe(0);
  const page = await phone.open();
  phone.context.on("request", (request) => void (request.url().includes("/api/") && open++));
  phone.context.on("requestfinished", async (request) => {
    const url = new URL(request.url());
    if (!url.pathname.startsWith("/api/")) return;
    const { authorization, "content-type": type, "if-none-match": tag } = await request.allHeaders();
    const answer = await request.response();
    const bytes = request.postDataBuffer() ?? Buffer.alloc(0);
    const body = type === "application/json" ? { body: bytes.toString("utf8") } : { hex: bytes.toString("hex") };
    const sent = { method: request.method(), path: url.pathname, authorization, type, tag, ...(bytes.length > 0 && body) };
    const heard = await answer.body().catch(() => Buffer.alloc(0));
    // What lies under its own hash needs no copy here.
    const told = /\/(documents|checklists)\//.test(url.pathname) ? {} : { answer: heard.toString("utf8") };
    said.push({ ...sent, status: answer.status(), ...told });
    open--;
  });
  await activate(page, endpoint, BRANCH);
  await keptForOffline(page);
  await confirmProfile(page);
  await answerAll(page);
  await openItem(page, 31);
  await add(page, await picture(page, { width: 400, height: 300 }));
  await submit(page);
  await sentSays(page, "已送达");
  await quiet();
  const [first] = JSON.parse(await endpoint.command("review", "list", "--json"));
  await upper("review", "return", first.receipt.code, "--item", "31=缺签到表", "--due", "2026-11-27");
  await lookAgain(page);
  await goTo(page, "/");
  await expect(page.getByTestId("next")).toContainText("退回修改");
  await openItem(page, 31);
  await page.getByRole("button", { name: "村部铁柜" }).click();
  await submit(page);
  await sentSays(page, "已送达");
  await expect(page.getByTestId("sent").first()).toContainText("第2次");
  await quiet();
  const [second] = JSON.parse(await endpoint.command("review", "list", "--json"));
  await upper("review", "approve", second.receipt.code);
  await lookAgain(page);
  await sentSays(page, "审核通过");
  await quiet();
  const file = new URL("../../fixtures/traffic/2026-12-01.json", import.meta.url);
  writeFileSync(file, `[\n${said.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
  await endpoint.discard();
});
