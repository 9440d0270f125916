// The app's shell: painted first, opened without a network, updated only when complete and wanted.
import AxeBuilder from "@axe-core/playwright";
import { holdBack, keptForOffline, usable } from "../harness/browser.mjs";
import { countingWire } from "../harness/endpoint.mjs";
import { expect, test } from "../harness/test.mjs";
import { breakStart, corrupt, deploy, renameWasm } from "../harness/update.mjs";

/** Answers the version of the worker that controls this page, once one does: a first worker is active before it has claimed the page. */
const controllingVersion = (page) =>
  page.evaluate(async () => {
    const { serviceWorker } = navigator;
    if (!serviceWorker.controller) {
      await new Promise((resolve) => {
        serviceWorker.addEventListener("controllerchange", resolve, { once: true });
        if (serviceWorker.controller) resolve();
      });
    }
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data.version);
      serviceWorker.controller.postMessage({ type: "version" }, [port2]);
    });
  });

/** Looks for a new version and answers how its worker ended: "installed" or "redundant". */
const lookForUpdate = (page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const found = new Promise((resolve) => registration.addEventListener("updatefound", () => resolve(registration.installing)));
    await registration.update();
    const worker = await found;
    if (worker.state !== "installing") return worker.state;
    return new Promise((resolve) => worker.addEventListener("statechange", () => resolve(worker.state), { once: true }));
  });

/** What a page does when its user has agreed to the new version. */
const takeOver = (page) =>
  page.evaluate(async () => {
    const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    (await navigator.serviceWorker.getRegistration()).waiting.postMessage({ type: "take-over" });
    await taken;
  });

/** How the built app describes itself; a version that `deploy` brings says something else. */
const BUILT = "党支部对照标准自查、上报的工具";
const expectVersion = (page, words) => expect(page.locator("meta[name=description]")).toHaveAttribute("content", words);

/** Opens the app and waits until it is usable and kept. */
async function openAndKeep(phone, endpoint) {
  const page = await phone.open();
  await page.goto(endpoint.url);
  await usable(page);
  await keptForOffline(page);
  return page;
}

test("the shell is painted before the wasm arrives, and says what is happening", async ({ endpoint, phone }) => {
  const page = await phone.open();
  const letWasmCome = await holdBack(page, /\.(wasm|css)$/);
  await page.goto(endpoint.url, { waitUntil: "commit" });
  await expect(page.getByText("正在打开…")).toBeVisible();
  await expect.poll(() => page.evaluate(() => performance.getEntriesByName("first-contentful-paint").length)).toBe(1);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
  letWasmCome();
  await usable(page);
  await expect(page.getByText("正在打开…")).toBeHidden();
});

test("where the wasm cannot start, the shell says what to do, and opening again works", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await page.route(/\.wasm$/, (route) => route.abort());
  await page.goto(endpoint.url);
  await expect(page.getByText("没有打开。")).toBeVisible();
  await page.unroute(/\.wasm$/);
  await page.getByRole("button", { name: "再打开一次" }).click();
  await usable(page);
});

test("a browser too old for the app is told so", async ({ endpoint, phone }) => {
  const page = await phone.open();
  await page.addInitScript(() => { delete globalThis.WebAssembly; });
  await page.goto(endpoint.url);
  await expect(page.getByText("这个浏览器太旧，打不开。")).toBeVisible();
});

test("with the endpoint stopped, the app and every address in it open again", async ({ endpoint, phone }) => {
  await openAndKeep(phone, endpoint);
  await endpoint.stop();
  await phone.close();
  const page = await phone.open();
  for (const path of ["/", "/check", "/check/some-item?from=home"]) {
    await page.goto(endpoint.url + path);
    await usable(page);
    await page.reload();
    await usable(page);
  }
  expect(phone.faults).toEqual([]);
});

test("a captive portal's page neither opens in place of the app nor gets into its cache", async ({ endpoint, phone }) => {
  const page = await openAndKeep(phone, endpoint);
  const version = await controllingVersion(page);
  await endpoint.enterCaptivePortal();
  await page.reload();
  await usable(page);
  await expectVersion(page, BUILT);
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update().catch(() => {}));
  expect(await controllingVersion(page)).toBe(version);
  await endpoint.leaveCaptivePortal();
});

test("the policy allows what the app needs and nothing else", async ({ endpoint, phone }) => {
  const page = await openAndKeep(phone, endpoint);
  await page.reload();
  await usable(page);
  expect(phone.faults).toEqual([]);
  // The same policy holds when the page comes from the phone's own cache.
  for (const reopen of [async () => {}, async () => { await endpoint.stop(); await page.reload(); await usable(page); }]) {
    await reopen();
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.injected = true";
      document.head.append(script);
      return window.injected === true;
    });
    expect(ran).toBe(false);
  }
  expect(phone.faults.length).toBeGreaterThan(0);
});

test("the API never goes through the worker's cache", async ({ endpoint, phone }) => {
  const page = await openAndKeep(phone, endpoint);
  expect(await page.evaluate(async () => (await fetch("/api/v1/health")).status)).toBe(200);
  await endpoint.stop();
  expect(await page.evaluate(() => fetch("/api/v1/health").then(() => "answered", () => "no answer"))).toBe("no answer");
});

test("the desk's addresses are left to the network, and those that only begin like them are not", async ({ endpoint, phone }) => {
  const page = await openAndKeep(phone, endpoint);
  await controllingVersion(page);
  const outside = page.context();
  // Seen only by what goes to the network; what the worker answers from its cache never gets here.
  await outside.route(/\/(desk|check)/, (route) => route.fulfill({ contentType: "text/html", body: "<title>from the network</title>" }));
  for (const path of ["/desk", "/desk/", "/desk/findings/2026-H2?unit=21", "/desk/a.b"]) {
    await page.goto(endpoint.url + path);
    await expect(page, path).toHaveTitle("from the network");
  }
  for (const path of ["/desktop", "/check/desk"]) {
    await page.goto(endpoint.url + path);
    await usable(page);
  }
  expect(phone.faults).toEqual([]);
});

for (const name of ["manifest.webmanifest", "index.html"]) {
  test(`an update whose ${name} is wrong does not install, and the old version goes on until the update is whole`, async ({ endpoint, phone }) => {
    const page = await openAndKeep(phone, endpoint);
    const first = await controllingVersion(page);
    await endpoint.kill();
    deploy(endpoint, "第二版");
    const repair = corrupt(endpoint, name);
    await endpoint.serve();
    expect(await lookForUpdate(page)).toBe("redundant");
    await endpoint.kill();
    await page.reload();
    await usable(page);
    await expectVersion(page, BUILT);
    expect(await controllingVersion(page)).toBe(first);

    repair();
    await endpoint.serve();
    expect(await lookForUpdate(page)).toBe("installed");
  });
}

test("an update waits until the user agrees, then takes over whole", async ({ endpoint, phone }) => {
  const page = await openAndKeep(phone, endpoint);
  const first = await controllingVersion(page);
  await endpoint.kill();
  const second = deploy(endpoint, "第二版");
  await endpoint.serve();
  expect(await lookForUpdate(page)).toBe("installed");
  await page.reload();
  await usable(page);
  expect(await controllingVersion(page)).toBe(first);
  await expectVersion(page, BUILT);

  await takeOver(page);
  await endpoint.stop();
  await page.reload();
  await usable(page);
  await expectVersion(page, "第二版");
  expect(await controllingVersion(page)).toBe(second);
});

test("a tab that is still loading the old version gets the old version's files after a new one has taken over", async ({ endpoint, phone }) => {
  const page = await openAndKeep(phone, endpoint);
  await endpoint.kill();
  const wasm = renameWasm(endpoint);
  deploy(endpoint, "第二版");
  await endpoint.serve();
  await lookForUpdate(page);
  await takeOver(page);
  await endpoint.stop();
  const sizes = await page.evaluate(
    (names) => Promise.all(names.map(async (name) => (await (await fetch(name)).arrayBuffer()).byteLength)),
    [wasm.before, wasm.after],
  );
  expect(sizes[0]).toBeGreaterThan(1000);
  expect(sizes[1]).toBe(sizes[0]);
});

test("a version that cannot start is mended by the next one, through the shell alone", async ({ endpoint, phone }) => {
  await endpoint.kill();
  const mend = breakStart(endpoint);
  deploy(endpoint, "坏的一版");
  await endpoint.serve();
  const page = await phone.open();
  await page.goto(endpoint.url);
  await expect(page.getByText("没有打开。")).toBeVisible();
  await keptForOffline(page);

  await endpoint.kill();
  mend();
  deploy(endpoint, "好的一版");
  await endpoint.serve();
  expect(await lookForUpdate(page)).toBe("installed");
  await page.getByRole("button", { name: "再打开一次" }).click();
  await usable(page);
  await expectVersion(page, "好的一版");
});

test("the app can be installed", async ({ endpoint, phone }) => {
  const page = await openAndKeep(phone, endpoint);
  const session = await page.context().newCDPSession(page);
  const { data, errors } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data);
  expect(manifest).toMatchObject({ name: "支部标尺", start_url: "/", display: "standalone", lang: "zh-CN" });
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  expect(installabilityErrors).toEqual([]);
  for (const icon of manifest.icons) {
    const size = await page.evaluate(async (src) => {
      const image = await createImageBitmap(await (await fetch(src)).blob());
      return `${image.width}x${image.height}`;
    }, icon.src);
    expect(size).toBe(icon.sizes);
  }
});

// The budget is 250 KB and is not met yet (see the README's figures); this only keeps it from growing.
test("a first visit, keeping the app for offline included, does not grow beyond 850 KB", async ({ endpoint, phone }) => {
  const wire = await countingWire(endpoint);
  const page = await phone.open();
  await page.goto(wire.url);
  await usable(page);
  await keptForOffline(page);
  console.log(`first visit: ${(wire.bytes / 1024).toFixed(1)} KiB over the wire, headers and the offline copy included`);
  expect(wire.bytes).toBeLessThanOrEqual(850_000);
  await wire.close();
});
