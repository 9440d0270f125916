// What comes from a later version of the endpoint, or from a phone whose app is newer: the rest goes on, nothing of it is lost.
import { keptForOffline, usable } from "../harness/browser.mjs";
import { BRANCH } from "../harness/endpoint.mjs";
import { inDays, openFinding, write } from "../harness/findings.mjs";
import { laterEndpoint, laterPhone, withLaterRule } from "../harness/later.mjs";
import { activate, answerItem, confirmProfile, goTo, lookAgain, openItem, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

test("with something of a later kind in every answer the app goes on, says 请更新, loses nothing and passes it on", async ({ endpoint, phone }) => {
  test.setTimeout(240_000);
  const proxy = await laterEndpoint(endpoint);
  try {
    const other = await laterPhone(endpoint);
    const later = await other.report();
    await endpoint.importFindings(
      ["支部编号", "条目", "存在问题", "整改时限", "问题来源"],
      [BRANCH, "17", "主题党日缺签到表", inDays(30), "县里检查"],
    );

    // Everything that can be read is here, from the first opening on.
    let page = await phone.open();
    await activate(page, proxy);
    await keptForOffline(page);
    const needsUpdate = page.getByTestId("needs-update");
    await expect(needsUpdate).toContainText("请更新");
    await openFinding(page, "主题党日缺签到表");
    await write(page, "measure", "补上签到表");
    await expect(page.getByTestId("finding-delivery")).toContainText("写的都已送到镇安镇党委", { timeout: 30_000 });
    await goTo(page, "/handbook");
    await expect(page.getByRole("heading", { name: "制度汇编（一编）" })).toBeVisible();
    await sentSays(page, "已送达");
    await page.locator("a[href^='/submissions/']").first().click();
    await expect(page.getByTestId("later-review")).toContainText("请更新");
    await expect(page.getByRole("button", { name: /撤回/ })).toHaveCount(0);
    await openItem(page, 1);
    const written = () => page.locator("textarea, input").evaluateAll((fields) => fields.map((field) => field.value));
    await expect.poll(written).toContain("另一部手机写的");

    // A checklist with a rule of a later kind: the phone stays on its version, and does not fetch it again and again.
    const standard = await other.get("/api/v1/standard");
    proxy.newRule = withLaterRule(await other.get(`/api/v1/checklists/${standard.checklists.find(({ sector }) => sector === "rural").hash}`));
    const fetched = () => proxy.asked.filter((asked) => asked.startsWith("GET /api/v1/checklists/")).length;
    const before = fetched();
    await lookAgain(page);
    await expect.poll(fetched).toBe(before + 1);
    const rounds = () => proxy.asked.filter((asked) => asked === "GET /api/v1/branch").length;
    const round = rounds();
    await lookAgain(page);
    await expect.poll(rounds).toBeGreaterThan(round);
    expect(fetched()).toBe(before + 1);
    await expect(needsUpdate).toContainText("请更新");

    // She goes on filling in, also after the browser was closed; what she reports carries on what came from the other phone.
    await confirmProfile(page);
    await openItem(page, 1);
    await answerItem(page);
    await phone.close();
    page = await phone.open();
    await page.goto(proxy.url);
    await usable(page);
    await expect(page.getByTestId("needs-update")).toContainText("请更新");
    await submit(page);
    await expect.poll(async () => (await other.get("/api/v1/submissions")).length, { timeout: 30_000 }).toBe(2);
    const newest = (await other.get("/api/v1/submissions")).at(-1);
    const { answers } = await other.get(`/api/v1/submissions/${newest.receipt.submission}`);
    for (const entry of later) expect(answers).toContainEqual(entry);
    expect(answers.filter(({ key }) => JSON.stringify(key) === JSON.stringify(later[1].key))).toHaveLength(1);
    expect(phone.faults).toEqual([]);
  } finally {
    await proxy.close();
  }
});
