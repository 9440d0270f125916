// What the upper level gives for the items that it judges itself, and grades that a standard names itself, on the phone.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BRANCH } from "../harness/endpoint.mjs";
import { periodOn, said, TODAY } from "../harness/clock.mjs";
import { activate, answerItem, confirmProfile, goTo, lookAgain, openItem, score, sentSays, submit } from "../harness/secretary.mjs";
import { expect, test } from "../harness/test.mjs";

test("a value from above comes to the phone with who gave it and when, beside the branch's own score", async ({ endpoint, phone }, info) => {
  test.setTimeout(120_000);
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, 1);
  await answerItem(page);
  const own = await score(page);
  await submit(page);
  await sentSays(page, "已送达");
  const give = (points, ...more) =>
    endpoint.command("judge", "give", "--branch", BRANCH, "--period", periodOn().id, "--item", "44", "--points", points, ...more);
  await give("3");
  await give("2.5", "--reason", "任务清单办结八成");
  await lookAgain(page);
  await openItem(page, 44);
  const given = page.getByTestId("question");
  await expect(given).toContainText("镇安镇党委");
  await expect(given).toContainText("2.5分");
  await expect(given).toContainText(said(TODAY));
  await expect(given).toContainText("任务清单办结八成");
  await page.screenshot({ path: info.outputPath("item.png") });
  expect(await score(page)).toBe(own);
  await expect(page.locator("#main")).toContainText("镇安镇党委");
  // Two others are not judged yet, so that the whole is not the sum of the two: said, not left to be puzzled over.
  await expect(page.getByTestId("with-above")).toContainText("不是直接相加");
  await page.screenshot({ path: info.outputPath("result.png"), fullPage: true });
  await goTo(page, "/submissions");
  await page.locator("a[href^='/submissions/']").first().click();
  await expect(page.locator("#main")).toContainText("2.5");
  await page.screenshot({ path: info.outputPath("submission.png"), fullPage: true });
  await goTo(page, "/paper/self-assessment");
  await expect(page.getByTestId("sheet")).toContainText("2.5");
  expect(phone.faults).toEqual([]);
});

test("a standard's own grades are what the phone offers and says", async ({ endpoint, phone }, info) => {
  test.setTimeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "biaochi-grades-"));
  cpSync("../fixtures/tables/service", folder, { recursive: true });
  const edit = (file, change) => writeFileSync(join(folder, file), change(readFileSync(join(folder, file), "utf8")));
  edit("等次.csv", () => "等次,分数线,评选,名额\n五星,95,是,\n四星,80,,\n三星,60,,\n无星,,,\n");
  edit("限制.csv", (text) => text.replace(",达标,", ",三星,").replace(",不合格,", ",无星,"));
  await endpoint.command("standard", "publish", folder, "--yes-fewer-sectors", "--yes-without-period");
  rmSync(folder, { recursive: true });
  const page = await phone.open();
  await activate(page, endpoint);
  await confirmProfile(page);
  await openItem(page, 1);
  await answerItem(page);
  await goTo(page, "/result");
  await expect(page.getByTestId("total")).toContainText("还不到三星线");
  await page.screenshot({ path: info.outputPath("result.png") });
  await goTo(page, "/submit");
  for (const grade of ["五星", "四星", "三星"]) await expect(page.getByRole("button", { name: grade, exact: true })).toBeVisible();
  for (const none of ["无星", "达标", "标兵"]) await expect(page.getByRole("button", { name: none, exact: true })).toHaveCount(0);
  await page.screenshot({ path: info.outputPath("submit.png"), fullPage: true });
  await submit(page);
  await sentSays(page, "已送达");
  await goTo(page, "/me");
  expect(JSON.parse(await endpoint.command("review", "list", "--json"))).toHaveLength(1);
  await goTo(page, "/paper/self-assessment");
  await expect(page.getByTestId("sheet")).toContainText("三星");
  expect(phone.faults).toEqual([]);
});
