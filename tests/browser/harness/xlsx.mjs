// Just enough of office files to see what they hold: single files of the zips that they are.
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

/** All texts of a workbook, one string: shared by its sheets, or in the sheets themselves where they were written as they were read. */
export const textsOf = (path) => partsOf(path, /^xl\/(sharedStrings|worksheets\/sheet\d+)\.xml$/).join("\n");

/** The words of a Word file in their order, without what sets them. */
export const wordsOf = (path) => partOf(path, "word/document.xml").replace(/<\/w:p>/g, "\n").replace(/<[^>]*>/g, "");

/** One file of a zip, as text. */
export function partOf(path, wanted) {
  const [part] = partsOf(path, new RegExp(`^${wanted.replaceAll(".", "\\.")}$`));
  if (part === undefined) throw new Error(`${path} has no ${wanted}`);
  return part;
}

/** The files of a zip whose names are like this, as texts. */
function partsOf(path, wanted) {
  const parts = [];
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size, nameLength, extra, comment] = [10, 20, 28, 30, 32].map((offset) =>
      offset === 20 ? bytes.readUInt32LE(at + offset) : bytes.readUInt16LE(at + offset),
    );
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    if (wanted.test(name)) {
      const local = bytes.readUInt32LE(at + 42);
      const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
      const data = bytes.subarray(start, start + size);
      parts.push((method === 0 ? data : inflateRawSync(data)).toString("utf8"));
    }
    at += 46 + nameLength + extra + comment;
  }
  return parts;
}
