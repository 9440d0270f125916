// The service worker: lets the app open without a network, and lets a new version take over only when it is complete and the
// user agrees. It never touches the API and sends nothing.
//
// Written by hand; as safe as Workbox's injectManifest with a precache, for these reasons:
// - the file list comes from the build (.ci/seal-app.mjs) and carries the SHA-256 of every file; nothing is stored before its
//   bytes have that hash, so neither a captive portal's page, nor a half-deployed server, nor a broken download gets in;
// - a version installs completely or not at all ("/" is stored last and marks a complete cache); an interrupted install goes on
//   where it stopped, because what is stored is known to be right;
// - every version has a cache of its own, so page, script and wasm of one version always come together; the version before
//   stays until the next one, for tabs that are still loading it;
// - what only some need (the worker for paper) is listed apart as “later”: it is kept after the version is complete, when the
//   page has been quiet for a while or asks for it, under the same proof; so no first visit waits for it. An update brings it
//   along if it can, so that what was there offline before is there afterwards;
// - nothing is cached at run time, and there is no skipWaiting without the page's message, which the page sends when the user
//   has agreed.
"use strict";

// Written here by the build: { version, files: [{ url, sha256 }, …], later: [the same] }. Unsealed (a development build), nothing installs.
const SEAL = null;

const PREFIX = "biaochi-app-";
const CACHE = PREFIX + (SEAL ? SEAL.version : "unsealed");
const PAGE = "/";
// Left to the network: the API, and the upper level's desk, which is another program at the same address. It is named here before
// it exists, because a worker that is installed by then would answer for it with the app.
const NOT_OURS = /^\/(api\/|desk(\/|$))/;
const OWN = new Set(SEAL ? SEAL.files.map((file) => file.url) : []);
const LATER = new Map(SEAL ? SEAL.later.map((file) => [file.url, file]) : []);

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("message", (event) => {
  if (event.data?.type === "take-over") event.waitUntil(self.skipWaiting());
  if (event.data?.type === "later") event.waitUntil(keepLater());
  if (event.data?.type === "version") {
    const answer = { type: "version", version: SEAL ? SEAL.version : null };
    (event.ports[0] ?? event.source)?.postMessage(answer);
  }
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || NOT_OURS.test(url.pathname)) return;
  if (OWN.has(url.pathname) && url.pathname !== PAGE) event.respondWith(file(request, url.pathname));
  else if (LATER.has(url.pathname)) event.respondWith(later(url.pathname));
  // The app's own addresses have no dot in them; documents of the server have.
  else if (request.mode === "navigate" && !url.pathname.includes(".")) event.respondWith(page(request));
  else if (request.mode !== "navigate" && url.pathname !== PAGE) event.respondWith(earlier(request, url.pathname));
});

async function install() {
  if (!SEAL) throw new Error("this build has no file list: a development build installs no service worker");
  const cache = await caches.open(CACHE);
  const files = SEAL.files.filter((file) => file.url !== PAGE);
  await Promise.all(files.map((file) => keep(cache, file)));
  // An update without it is better than none.
  if (self.registration.active) await keepLater();
  await keep(cache, SEAL.files.find((file) => file.url === PAGE));
}

// Stores one file whose bytes have the listed hash: from an earlier version if it has not changed, else from the network.
async function keep(cache, { url, sha256 }) {
  if (await sound(await cache.match(url), sha256)) return;
  // "default" may be answered by what the page has just downloaded, which a poor network need not send twice; the hash says
  // whether it is right. What is wrong there is asked for once more, past every cache on this phone.
  const sources = [() => caches.match(url), () => fetch(url), () => fetch(url, { cache: "no-store" })];
  for (const source of sources) {
    const response = await sound(await source(), sha256);
    if (response) return cache.put(url, response);
  }
  throw new Error(`${url} is not of this version`);
}

// Keeps what may come later and is not here yet, one after the other. Without a network it stays away; the next time goes on.
async function keepLater() {
  for (const url of LATER.keys()) {
    if (!(await later(url)).ok) return;
  }
}

// A file that may come later: the stored one, else it is fetched, proven and stored now; an error where that fails. It is
// fetched once, however many ask for it meanwhile.
const coming = new Map();
async function later(url) {
  const cache = await caches.open(CACHE);
  const stored = await cache.match(url);
  if (stored) return stored;
  if (!coming.has(url)) coming.set(url, keep(cache, LATER.get(url)).finally(() => coming.delete(url)));
  try {
    await coming.get(url);
  } catch {
    return Response.error();
  }
  return (await cache.match(url)) ?? Response.error();
}

// A copy of the response, ready to be stored, if its bytes have this hash.
async function sound(response, sha256) {
  if (!response?.ok || response.redirected) return null;
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  if (btoa(String.fromCharCode(...digest)) !== sha256) return null;
  const headers = new Headers(response.headers);
  // They describe how it travelled, not what it is.
  for (const name of ["content-encoding", "content-length", "transfer-encoding", "vary"]) headers.delete(name);
  return new Response(bytes, { headers });
}

async function activate() {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  const complete = [];
  for (const name of others) {
    if (await (await caches.open(name)).match(PAGE)) complete.push(name);
  }
  const before = complete[complete.length - 1];
  await Promise.all(others.filter((name) => name !== before).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(PAGE)) ?? fetch(request);
}

async function file(request, path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

// A file that is not of this version: a tab may still be loading the version before. Every stored file is what its hashed name
// says, so whichever cache has it is right.
async function earlier(request, path) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const stored = await (await caches.open(name)).match(path);
    if (stored) return stored;
  }
  return fetch(request);
}
