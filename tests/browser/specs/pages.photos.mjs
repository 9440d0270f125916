// Every page as a village secretary's phone shows it, to be looked at.
import { screenshot } from "../harness/browser.mjs";
import { choose, everyPage } from "../harness/pages.mjs";
import { goTo, openItem } from "../harness/secretary.mjs";
import { test } from "../harness/test.mjs";

test("every page", async ({ endpoint, phone }) => {
  test.setTimeout(240_000);
  const page = await everyPage(phone, endpoint, screenshot);
  await choose(page, "特大字");
  await goTo(page, "/");
  await screenshot(page, "home-huge");
  await openItem(page, 7);
  await screenshot(page, "question-huge");
  await choose(page, "标准", "阳光下");
  await openItem(page, 1);
  await screenshot(page, "question-sunlight");
});
