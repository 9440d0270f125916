// Photos as cameras and strangers make them: real JPEGs with Exif written by hand, and files that are none.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { expect } from "@playwright/test";
import { day } from "./clock.mjs";

/** A picture as a camera stores it: the left half red, the right half blue, with fine detail. */
export async function picture(page, { width = 2400, height = 1800, seed = 1, quality = 0.9 } = {}) {
  const base64 = await page.evaluate(async ({ width, height, seed, quality }) => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.fillStyle = "#c03020";
    context.fillRect(0, 0, width / 2, height);
    context.fillStyle = "#2040c0";
    context.fillRect(width / 2, 0, width / 2, height);
    let state = seed * 7919;
    const random = () => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
    for (let line = 0; line < 4000; line++) {
      context.strokeStyle = `rgb(${random() * 255} ${random() * 255} ${random() * 255} / 40%)`;
      context.lineWidth = 1 + random() * 6;
      context.beginPath();
      const [x, y] = [random() * width, random() * height];
      context.moveTo(x, y);
      context.lineTo(x + (random() - 0.5) * 200, y + (random() - 0.5) * 200);
      context.stroke();
    }
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  }, { width, height, seed, quality });
  return Buffer.from(base64, "base64");
}

/** The same with what a phone writes beside it: how it was held, when, on which device, and where. */
export function withExif(jpeg, { orientation = 1, taken = `${day(-4).replaceAll("-", ":")} 15:04:05`, model = "Secret Phone 9" } = {}) {
  const fields = [];
  const heap = [];
  let free = 8 + 2 + 4 * 12 + 4 + 2 + 12 + 4 + 2 + 3 * 12 + 4;
  const put = (bytes) => {
    const at = free;
    heap.push(bytes);
    free += bytes.length;
    return at;
  };
  const entry = (tag, type, count, value) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16BE(tag, 0);
    bytes.writeUInt16BE(type, 2);
    bytes.writeUInt32BE(count, 4);
    if (type === 3) bytes.writeUInt16BE(value, 8);
    else bytes.writeUInt32BE(value, 8);
    return bytes;
  };
  const list = (entries) => Buffer.concat([Buffer.from([0, entries.length]), ...entries, Buffer.alloc(4)]);
  const text = (words) => Buffer.from(`${words}\0`, "latin1");
  const exifAt = 8 + 2 + 4 * 12 + 4;
  const gpsAt = exifAt + 2 + 12 + 4;
  const degrees = Buffer.alloc(24);
  [41, 1, 42, 1, 0, 1].forEach((number, place) => degrees.writeUInt32BE(number, place * 4));
  fields.push(
    list([
      entry(0x0110, 2, model.length + 1, put(text(model))),
      entry(0x0112, 3, 1, orientation),
      entry(0x8769, 4, 1, exifAt),
      entry(0x8825, 4, 1, gpsAt),
    ]),
    list([entry(0x9003, 2, taken.length + 1, put(text(taken)))]),
    list([entry(0x0001, 2, 2, 0x4e000000), entry(0x0002, 5, 3, put(degrees)), entry(0x0003, 2, 2, 0x45000000)]),
  );
  const tiff = Buffer.concat([Buffer.from("MM\0*\0\0\0\x08", "latin1"), ...fields, ...heap]);
  const content = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

/** A PNG's beginning that promises 50,000 times 50,000 pixels. */
export function pixelBomb() {
  const bytes = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"), Buffer.alloc(64)]);
  bytes.writeUInt32BE(50_000, 16);
  bytes.writeUInt32BE(50_000, 20);
  return bytes;
}

/** A HEIC's beginning, as far as anything without its decoder reads. */
export const heic = () =>
  Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x14ispe\0\0\0\0\0\0\x0f\xc0\0\0\x0b\xd0", "latin1");

/** Chooses files at the row of photos on the page, or in that part of it, as from the gallery. */
export async function choose(where, ...files) {
  const page = "goto" in where ? where : where.page();
  const chooser = page.waitForEvent("filechooser");
  await where.getByRole("button", { name: "选照片" }).click();
  const named = files.map((file, place) => (typeof file === "string" ? file : { name: `IMG_${place}.jpg`, mimeType: "image/jpeg", buffer: file }));
  await (await chooser).setFiles(named);
}

/** The small pictures on the page, or in that part of it. */
export const shots = (where) => where.locator(".shot");

/** Adds photos and waits until they are shown, which is only when they are on disk. */
export async function add(where, ...files) {
  const before = await shots(where).count();
  await choose(where, ...files);
  await expect(shots(where)).toHaveCount(before + files.length, { timeout: 30_000 });
  await expect(where.getByText("正在处理")).toHaveCount(0);
}

/** What lies in a table of the phone, by key; bytes as base64. */
export function stored(page, table) {
  return page.evaluate(async (table) => {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open("biaochi");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const store = database.transaction(table).objectStore(table);
    const all = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
    const [keys, values] = await Promise.all([all(store.getAllKeys()), all(store.getAll())]);
    database.close();
    const plain = (value) => (typeof value === "string" ? value : btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join("")));
    return Object.fromEntries(keys.map((key, place) => [key, plain(values[place])]));
  }, table);
}

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Width and height of a JPEG, from its frame header. */
export function sizeOf(jpeg) {
  for (let at = 2; at < jpeg.length; ) {
    const marker = jpeg[at + 1];
    if (marker >= 0xc0 && marker <= 0xc2) return { width: jpeg.readUInt16BE(at + 7), height: jpeg.readUInt16BE(at + 5) };
    at += 2 + jpeg.readUInt16BE(at + 2);
  }
  return null;
}

/** The photos that the endpoint has on disk, by name. */
export function onDisk(endpoint) {
  const folder = endpoint.database.replace(/[^/]*$/, "photos");
  const files = new Map();
  // What is still being written lies there under another name.
  const finished = (name) => /^[0-9a-f]{64}$/.test(name);
  for (const branch of readdirSync(folder))
    for (const name of readdirSync(`${folder}/${branch}`).filter(finished)) files.set(name, readFileSync(`${folder}/${branch}/${name}`));
  return files;
}
