import { defineConfig } from "@playwright/test";

export default defineConfig({
  // One at a time: every spec has its own endpoint and browser, and the machine may be small.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // A story that fails is told once more; one that passes only then is named as flaky at the end, and is to be looked into.
  retries: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  outputDir: "test-results",
  projects: [
    { name: "stories", testDir: "specs", testMatch: "*.spec.mjs" },
    { name: "slow", testDir: "specs", testMatch: "*.slow.mjs" },
    { name: "bench", testDir: "bench", testMatch: "*.bench.mjs" },
    { name: "record", testDir: "specs", testMatch: "*.record.mjs" },
    { name: "screenshots", testDir: "specs", testMatch: "*.screens.mjs" },
  ],
});
