// New versions of the app on an endpoint, as a deployment brings them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seal } from "../../../.ci/seal-app.mjs";

/** Puts a new version of the app in place that calls itself by this title, complete and sealed; answers its version. */
export function deploy(endpoint, title) {
  const page = join(endpoint.app, "index.html");
  writeFileSync(page, readFileSync(page, "utf8").replace(/<title>.*<\/title>/, `<title>${title}</title>`));
  return seal(endpoint.app);
}

/** What a broken deployment leaves: a file that is not what the list says. */
export function corrupt(endpoint, name) {
  const path = join(endpoint.app, name);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] ^= 0xff;
  writeFileSync(path, bytes);
}
