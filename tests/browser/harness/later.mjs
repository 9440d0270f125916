// The endpoint of a later year: a small proxy before the real endpoint that adds something of a kind that this app does not know to
// every answer that can have something added, and a phone of the same branch whose app is as new.
import { createHash, randomUUID } from "node:crypto";
import { createServer, request } from "node:http";
import { day, now } from "./clock.mjs";

/** The device in whose name the endpoint stamps. */
const ABOVE = "6269616f-6368-492d-a56e-64706f696e74";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const text = (bytes) => JSON.parse(bytes.toString("utf8"));

/** A word on a finding of a later kind, on the finding of this one. */
export const laterWord = ({ finding, stamp }) => ({ finding, field: "cost", stamp: { ...stamp, count: stamp.count + 7 }, value: { yuan: 1.5, paid: null } });

const laterVerdict = ({ finding, stamp }) => ({
  finding, stamp: { ...stamp, ms: stamp.ms + 1, device: ABOVE }, given_at: stamp.ms, by: "镇安镇党委", ruling: { deferred: { to: "2027" } },
});

const change = {
  "/api/v1/standard": (standard, proxy) => {
    standard.checklists.push({ sector: { any_of: ["rural"] }, hash: "?", bytes: 1 });
    standard.documents.push({ id: "M1", collection: "map", number: 1, title: "地图", hash: "?", bytes: 1 });
    if (proxy.newRule) {
      standard.version = "2099.1";
      Object.assign(standard.checklists.find(({ sector }) => sector === "rural"), { hash: sha256(proxy.newRule), bytes: proxy.newRule.length });
    }
  },
  "/api/v1/submissions": (list) => {
    for (const summary of list) (summary.reviews ??= []).push({ state: "sent_up", at: now(), by: "县委组织部", reason: "报县里了" });
    list.push({ receipt: "of a later kind" });
  },
  "/api/v1/branch": (branch) => { branch.level = "village_group"; },
  "/api/v1/branch/findings": (all) => {
    const known = all.entries.find(({ field }) => field === "problem");
    if (!known) return;
    all.entries.unshift(laterWord(known));
    (all.verdicts ??= []).push(laterVerdict(known));
  },
};

/** Starts the proxy; `newRule` is the text of a checklist to publish in place of the rural one. `asked` are the paths asked for. */
export async function laterEndpoint(endpoint) {
  const target = new URL(endpoint.url);
  const proxy = { newRule: null, asked: [], url: "" };
  const server = createServer((phone, answer) => {
    const path = phone.url.replace(/\?.*/, "");
    proxy.asked.push(`${phone.method} ${path}`);
    if (proxy.newRule && path === `/api/v1/checklists/${sha256(proxy.newRule)}`) {
      // With the time of the endpoint whose word this is, not the machine's.
      const date = new Date(now()).toUTCString();
      answer.writeHead(200, { "content-type": "application/json", "biaochi-server": "1", date }).end(proxy.newRule);
      return;
    }
    const headers = { ...phone.headers, host: target.host, "accept-encoding": "identity" };
    // What is added is not in the endpoint's tag.
    delete headers["if-none-match"];
    const upstream = request({ host: target.hostname, port: target.port, path: phone.url, method: phone.method, headers }, async (reply) => {
      const bytes = Buffer.concat(await reply.toArray());
      const add = reply.statusCode === 200 ? change[path] : null;
      let body = bytes;
      if (add) {
        const json = text(bytes);
        add(json, proxy);
        body = Buffer.from(JSON.stringify(json));
      }
      const { "content-length": _, "transfer-encoding": __, ...rest } = reply.headers;
      answer.writeHead(reply.statusCode, phone.method === "HEAD" ? reply.headers : { ...rest, "content-length": body.length }).end(body);
    });
    upstream.on("error", () => answer.destroy());
    phone.pipe(upstream);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  /** As `Endpoint.issueCode`, with the link that leads through the proxy. */
  proxy.issueCode = async (branch) => {
    const issued = await endpoint.issueCode(branch);
    return { ...issued, link: issued.link.replace(endpoint.url, proxy.url) };
  };
  proxy.close = () => { server.closeAllConnections(); return new Promise((resolve) => server.close(resolve)); };
  return proxy;
}

/** Another phone of the branch, whose app is of a later year; it talks to the endpoint itself. */
export async function laterPhone(endpoint) {
  const [token, device] = [`later ${randomUUID()}`, randomUUID()];
  const ask = async (method, path, body, content = "application/json") => {
    const response = await fetch(endpoint.url + path, {
      method, body, headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": content } : {}) },
    });
    const said = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${said}`);
    return said ? JSON.parse(said) : null;
  };
  const { code } = await endpoint.issueCode();
  const { branch } = await ask("POST", "/api/v1/activate", JSON.stringify({ code, device, token_hash: sha256(token) }));
  const stamp = (count) => ({ ms: now(), count, device });
  return {
    get: (path) => ask("GET", path),
    /** Reports answers of later kinds: a register that no app of today has, and a value that none has. Answers the two. */
    async report() {
      const { checklists } = await ask("GET", "/api/v1/standard");
      const { hash } = checklists.find(({ sector }) => sector === branch.sector);
      const list = await ask("GET", `/api/v1/checklists/${hash}`);
      const [first, second] = list.aspects[0].items;
      const later = [
        { key: { opinion: { item: first.id } }, stamp: stamp(1), value: { opinion: { of: "everybody", marks: [1.5, null] } } },
        { key: { part: { item: second.id, part: second.parts[0].id } }, stamp: stamp(2), value: { part: { answer: { halves: { met: 1 } } } } },
      ];
      const note = { key: { note: { item: first.id } }, stamp: stamp(3), value: { text: { text: "另一部手机写的" } } };
      const ms = now().toString(16).padStart(12, "0");
      const id = `${ms.slice(0, 8)}-${ms.slice(8)}-7${randomUUID().slice(15)}`;
      // The period that the app works on today.
      const today = day();
      const open = list.periods.filter(({ ends, submit_by }) => today <= submit_by || today <= ends);
      const period = open.sort((a, b) => (a.ends < b.ends ? -1 : 1))[0] ?? list.periods.at(-1);
      await ask("PUT", `/api/v1/submissions/${id}`, JSON.stringify({
        format: 1, id, parents: [], branch: branch.code, period: period.id, sector: branch.sector, checklist: hash, device, made_at: now(),
        declaration: {
          reporter: "王文书", reporter_post: "文书", considered_on: period.starts, considered_by: "committee", secretary: "李书记", claimed_grade: "qualified",
        },
        answers: [note, ...later],
      }));
      return later;
    },
  };
}

/** A checklist with a rule that this app does not know. */
export function withLaterRule(list) {
  const later = structuredClone(list);
  later.version = "2099.1";
  later.aspects[0].items[0].parts[0].rule = { points_table: { rows: [[1, 2]] } };
  return JSON.stringify(later);
}
