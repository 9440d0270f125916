// A program of WebAssembly, as far as its size is concerned (https://webassembly.github.io/spec/core/binary/modules.html).

/** Its functions, in their order: their code, how many imported ones are numbered before them, and the names of all by number. */
export function functionsOf(wasm) {
  let at = 8;
  const number = () => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = wasm[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const slice = () => {
    const end = number() + at;
    const bytes = wasm.subarray(at, end);
    at = end;
    return bytes;
  };
  const bodies = [];
  const names = new Map();
  let imported = 0;
  while (at < wasm.length) {
    const section = wasm[at++];
    const end = number() + at;
    if (section === 2) {
      for (let left = number(); left > 0; left--) {
        slice();
        slice();
        if (wasm[at++] !== 0) throw new Error("a program that imports more than functions");
        number();
        imported++;
      }
    } else if (section === 10) {
      for (let left = number(); left > 0; left--) bodies.push(slice());
    } else if (section === 0 && slice().toString() === "name") {
      while (at < end) {
        const isOfFunctions = wasm[at++] === 1;
        const last = number() + at;
        for (let left = isOfFunctions ? number() : 0; left > 0; left--) names.set(number(), slice().toString());
        at = last;
      }
    }
    at = end;
  }
  return { bodies, imported, names };
}

/** The same program with a section of names at its end: those of its functions, imported ones first. */
export function withNames(wasm, names) {
  const number = (value) => {
    const bytes = [];
    for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
    return Buffer.from([...bytes, value]);
  };
  const sized = (...parts) => {
    const bytes = Buffer.concat(parts);
    return Buffer.concat([number(bytes.length), bytes]);
  };
  const entries = names.map((name, index) => Buffer.concat([number(index), sized(Buffer.from(name))]));
  const ofFunctions = sized(number(names.length), ...entries);
  return Buffer.concat([wasm, Buffer.from([0]), sized(sized(Buffer.from("name")), Buffer.from([1]), ofFunctions)]);
}
