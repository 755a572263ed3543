// The runtime's code, and the same code with another version: a second runtime without a second build.
import { execFileSync } from 'node:child_process';
import * as zlib from 'node:zlib';

/** What compressed code begins with. */
const COMPRESSED = Buffer.from('52bc537646db8e05', 'hex');

const CUSTOM = 0;

/** What the program zstd makes of `input`, for versions of Node.js without it. */
const zstd = (input, ...options) => {
  try {
    return execFileSync('zstd', [...options, '--stdout'], { input, maxBuffer: 1 << 26 });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('this needs Node.js 22.15, or the program zstd: apt-get install zstd');
  }
};

/** Decompresses code as chains store it. */
export const decompress = (code) => {
  if (!code.subarray(0, 8).equals(COMPRESSED)) return code;
  const packed = code.subarray(8);
  return zlib.zstdDecompressSync?.(packed) ?? zstd(packed, '--decompress');
};

/** Compresses code as builds do it: a block has no room for it otherwise. */
export const compress = (code) =>
  Buffer.concat([COMPRESSED, zlib.zstdCompressSync?.(code) ?? zstd(code)]);

/** Reads an unsigned LEB128 number; returns it with where it ends. */
const leb = (bytes, at) => {
  for (let value = 0, factor = 1; ; factor *= 128) {
    const byte = bytes[at];
    at += 1;
    value += (byte & 127) * factor;
    if (byte < 128) return [value, at];
  }
};

/** Where the contents of the custom section `name` begin. */
const customSection = (wasm, name) => {
  for (let at = 8; at < wasm.length;) {
    const [size, start] = leb(wasm, at + 1);
    if (wasm[at] === CUSTOM) {
      const [length, text] = leb(wasm, start);
      if (wasm.toString('latin1', text, text + length) === name) return text + length;
    }
    at = start + size;
  }
  throw new Error(`the code has no section ${name}`);
};

/** Where the section that the node reads before it runs any code has the version's parts. */
const layout = (wasm) => {
  const name = customSection(wasm, 'runtime_version');
  // Two short texts, whose length is one byte with two bits to the left, then numbers.
  const text = (at) => at + 1 + (wasm[at] >> 2);
  const numbers = text(text(name));
  return { name: name + 1, nameLength: wasm[name] >> 2, authoring: numbers, spec: numbers + 4, impl: numbers + 8 };
};

/** The version that code says it has. */
export const specVersion = (wasm) => wasm.readUInt32LE(layout(wasm).spec);

/**
 * `wasm` under another name, for those who read the version from outside. As long as the old one.
 */
export const withName = (wasm, name) => {
  const changed = Buffer.from(wasm);
  const { name: at, nameLength } = layout(changed);
  if (name.length !== nameLength) throw new Error(`a name of ${nameLength} letters is needed, not ${name}`);
  changed.write(name, at, 'latin1');
  return changed;
};

/**
 * `wasm` with another spec version, outside and inside.
 *
 * Inside, `RuntimeVersion` lies in the data: two texts, the list of interfaces, then the numbers. It
 * is all of the version that the code has, because `Version` in runtime/src/configs/system.rs keeps
 * the compiler from folding the numbers into the code.
 */
export const withSpecVersion = (wasm, version) => {
  const changed = Buffer.from(wasm);
  const { spec, authoring } = layout(changed);
  const numbers = changed.subarray(authoring, authoring + 12);
  const borrowed = Buffer.from('00000080', 'hex');
  const isText = (at) => changed.subarray(at, at + 4).equals(borrowed);
  let found = 0;
  for (let at = changed.indexOf(numbers); at >= 0; at = changed.indexOf(numbers, at + 1)) {
    // Three borrowed things of twelve bytes each stand before the numbers; the two names are one text.
    const before = at - 36;
    if (before < 0 || ![0, 12, 24].every((offset) => isText(before + offset))) continue;
    if (!changed.subarray(before, before + 12).equals(changed.subarray(before + 12, before + 24))) continue;
    changed.writeUInt32LE(version, at + 4);
    found += 1;
  }
  if (!found) throw new Error('the code has no RuntimeVersion where the compiler used to put it');
  changed.writeUInt32LE(version, spec);
  return changed;
};
