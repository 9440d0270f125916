// What a spec starts from: an endpoint and a phone of its own, both taken away afterwards.
import { test as base } from "@playwright/test";
import { Phone } from "./browser.mjs";
import { Endpoint } from "./endpoint.mjs";

export const test = base.extend({
  /** @type {(use: any) => Promise<void>} A started endpoint. */
  endpoint: async ({}, use) => {
    const endpoint = await Endpoint.start();
    await use(endpoint);
    await endpoint.discard();
  },
  /** @type {(use: any) => Promise<void>} A phone, not opened yet. */
  phone: async ({}, use) => {
    const phone = new Phone();
    await use(phone);
    await phone.discard();
  },
});

export { expect } from "@playwright/test";
