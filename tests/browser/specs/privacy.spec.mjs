// What leaves the phone, seen on the wire: nothing of what was filled in before 上报, and then what the notice says.
import { BRANCH } from "../harness/endpoint.mjs";
import { openFinding, raiseFirst, write } from "../harness/findings.mjs";
import { enter } from "../harness/ledger.mjs";
import { add, onDisk, picture } from "../harness/photos.mjs";
import { activate, confirmProfile, goTo, lookAgain, openItem, savedAt, savedSince, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

/** Every request of the phone, with its body. */
function wire(context) {
  const all = [];
  context.on("request", (request) => {
    all.push({ method: request.method(), path: new URL(request.url()).pathname, body: request.postDataBuffer()?.toString("latin1") ?? "" });
  });
  return {
    /** What took something away from the phone, activation aside. */
    sent: () => all.filter(({ method, path }) => method !== "GET" && method !== "HEAD" && path !== "/api/v1/activate"),
    said: (words) => all.some(({ body }) => body.includes(Buffer.from(words).toString("latin1"))),
    rounds: () => all.filter(({ method, path }) => method === "GET" && path === "/api/v1/branch/findings").length,
  };
}

/** Waits until a whole round has been run since: it sends what may be sent, and then asks. */
async function afterARound(page, traffic) {
  const before = traffic.rounds();
  await lookAgain(page);
  await expect.poll(() => traffic.rounds(), { timeout: 30_000 }).toBeGreaterThan(before);
}

test("nothing filled in, entered, photographed or written into 整改 leaves the phone before 上报, and then what the notice says", async ({ endpoint, phone }) => {
  test.setTimeout(180_000);
  const page = await phone.open();
  const traffic = wire(phone.context);
  const { link } = await endpoint.issueCode();
  await page.goto(link);
  const notice = page.getByTestId("notice");
  for (const named of ["台账", "照片", "写进整改的问题", "没有上报的，别人看不到", "以后再写的措施", "有网就自己送", "支部写的答复"])
    await expect(notice).toContainText(named);
  await page.getByRole("button", { name: "看明白了，开始用" }).click();
  // Where activation ends, and leads to.
  await expect(page.getByTestId("next")).toBeVisible();
  await confirmProfile(page);
  await openItem(page, 2);
  await add(page, await picture(page, { width: 900, height: 700 }));
  await enter(page, { kinds: ["支委会"], present: 3, topic: "甲议题没人看见" });
  await raiseFirst(page);
  await write(page, "measure", "乙措施没人看见");
  await add(page.getByTestId("photos-before"), await picture(page, { seed: 2, width: 900, height: 700 }));
  await expect(page.getByTestId("finding-delivery")).toContainText("别人还看不到；下次上报时一起送给镇安镇党委");
  await goTo(page, "/paper/report");
  await page.getByLabel("报告正文").fill("丙报告没人看见");
  await page.getByLabel("报告正文").blur();
  await goTo(page, "/storage");
  await expect(page.getByTestId("where")).toContainText("1个支部自己查的还没有上报，别人看不到");
  await afterARound(page, traffic);
  expect(traffic.sent()).toEqual([]);
  expect(await endpoint.findings()).toEqual([]);

  await goTo(page, "/submit");
  await expect(page.getByTestId("goes-along")).toContainText("整改里支部自己查的1个问题");
  await submit(page);
  await sentSays(page, "已送达");
  await expect.poll(() => onDisk(endpoint).size, { timeout: 30_000 }).toBe(2);
  expect([traffic.said("甲议题没人看见"), traffic.said("乙措施没人看见"), traffic.said("丙报告没人看见")]).toEqual([true, true, false]);
  const kinds = traffic.sent().map(({ path }) => path.replace(/[0-9a-f-]{36,}$/, "…"));
  expect(new Set(kinds)).toEqual(new Set(["/api/v1/submissions/…", "/api/v1/branch/findings", "/api/v1/photos/…"]));
  expect(kinds[0]).toBe("/api/v1/submissions/…");
  expect((await endpoint.findings())[0].measure).toBe("乙措施没人看见");

  // Once it is up, further words go by themselves; another problem of the branch's own waits for the next 上报.
  await openFinding(page, "第1条");
  await write(page, "measure", "丁措施自己送");
  await expect.poll(() => traffic.said("丁措施自己送"), { timeout: 30_000 }).toBe(true);
  await openItem(page, 3);
  const question = page.getByTestId("question");
  for (const short of ["没做到", "一条也没做到"]) {
    const before = await savedAt(page);
    await question.getByRole("button", { name: short, exact: true }).click();
    await savedSince(page, before);
  }
  await page.getByTestId("raise").click();
  await write(page, "measure", "戊措施等上报");
  await afterARound(page, traffic);
  expect(traffic.said("戊措施等上报")).toBe(false);

  // An answer to what the upper level found goes by itself.
  await endpoint.importFindings(["支部编号", "条目", "存在问题"], [BRANCH, "", "门牌脱落"]);
  await lookAgain(page);
  await openFinding(page, "门牌脱落");
  await write(page, "measure", "己答复自己送");
  await expect.poll(() => traffic.said("己答复自己送"), { timeout: 30_000 }).toBe(true);
  expect(traffic.said("戊措施等上报")).toBe(false);

  // Half a sentence waits on the phone when another app comes to the front: what is written there goes up as it is saved.
  const measure = page.getByTestId("finding-measure");
  await measure.getByTestId("finding-edit").click();
  await measure.locator("textarea").fill("辛措施才写了一半");
  const show = (state) =>
    page.evaluate((state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await show("hidden");
  await show("visible");
  await afterARound(page, traffic);
  expect(traffic.said("辛措施才写了一半")).toBe(false);
  await expect(measure.locator("textarea")).toHaveValue("辛措施才写了一半");
  await measure.getByTestId("finding-edit").click();
  await expect.poll(() => traffic.said("辛措施才写了一半"), { timeout: 30_000 }).toBe(true);
  expect(phone.faults).toEqual([]);
});

test("a report that is taken back before it left takes its problems back too", async ({ endpoint, phone }) => {
  test.setTimeout(120_000);
  const page = await phone.open();
  const traffic = wire(phone.context);
  await activate(page, endpoint);
  await confirmProfile(page);
  await raiseFirst(page);
  await write(page, "measure", "庚措施又撤回");
  await phone.context.setOffline(true);
  await submit(page);
  await sentSays(page, "等网络");
  await page.getByTestId("sent").first().getByRole("link", { name: "看详细" }).click();
  await page.getByRole("button", { name: "撤回修改" }).click();
  await page.getByRole("button", { name: "撤回这一份" }).click();
  await phone.context.setOffline(false);
  await lookAgain(page);
  await sentSays(page, "已撤回");
  await afterARound(page, traffic);
  expect(traffic.said("庚措施又撤回")).toBe(false);
  expect(await endpoint.findings()).toEqual([]);
});
