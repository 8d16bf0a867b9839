import { zipSync } from "fflate";
import { sizeOf } from "../../compiler/ir/index.ts";
import { type Random, randomFrom } from "../../compiler/testing/index.ts";
import { readTensorFile, writeNpy } from "../../runtime/files/index.ts";
import { writeZip } from "../../runtime/files/zip.ts";
import { mutatedBytes } from "./bytes.ts";
import { type Fuzzer, type Outcome, outcomeOf } from "./fuzzer.ts";

const arrays = (): readonly Uint8Array[] => [
  writeNpy({ shape: [2, 3], dtype: "f32", data: Float32Array.of(1, 2, 3, 4, 5, 6) }),
  writeNpy({ shape: [], dtype: "i64", data: Float64Array.of(7) }),
  writeNpy({ shape: [5], dtype: "bool", data: Uint8Array.of(1, 0, 1, 1, 0) }),
  writeNpy({ shape: [4, 1, 2], dtype: "u16", data: Uint16Array.from({ length: 8 }, (_, i) => i * 999) }),
  writeNpy({ shape: [64, 64], dtype: "f64", data: new Float64Array(4096) }),
];

/** Pieces of headers, right and wrong. */
const pieces: readonly [string, ...string[]] = [
  "'<f4'",
  "'>f8'",
  "'|b1'",
  "'<u8'",
  "'|O'",
  "'<f2'",
  "'<U9'",
  "[('a', '<f4')]",
  "True",
  "False",
  "()",
  "(0,)",
  "(2,3)",
  "(6,)",
  "(1,6,1)",
  "(2147483647,)",
  "(65536,65536)",
  "(-1,)",
  "(1e9,)",
  "(6L,)",
  `(${"1,".repeat(40)})`,
  "'descr'",
  "'shape'",
  "'fortran_order'",
  "{",
  "}",
  ",",
  ":",
  "'x': 1,",
  "\\",
  "#",
];

/** A header with a piece put in the place of another, padded as it was. */
const mutatedHeader = (bytes: Uint8Array, random: Random): Uint8Array => {
  const text = Buffer.from(bytes).toString("latin1");
  const [start, end] = [10, 10 + Buffer.from(bytes).readUInt16LE(8)];
  const head = text.slice(start, end).trimEnd();
  const found = [...head.matchAll(/'[^']*'|\([^)]*\)|True|False|[{}:,]/g)];
  const match = found[random.between(0, Math.max(0, found.length - 1))];
  const changed =
    match === undefined
      ? head
      : head.slice(0, match.index) + random.pick(pieces) + head.slice(match.index + match[0].length);
  const padded = `${changed.padEnd(end - start - 1)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(Math.min(65535, padded.length));
  return new Uint8Array(
    Buffer.concat([
      Buffer.from(text.slice(0, 8), "latin1"),
      length,
      Buffer.from(padded, "latin1"),
      bytes.subarray(end),
    ]),
  );
};

const mutatedNpy = (seeds: readonly Uint8Array[], random: Random): Uint8Array => {
  const seed = seeds[random.between(0, seeds.length - 1)] ?? new Uint8Array();
  const changed = random.chance(60) ? mutatedHeader(seed, random) : seed;
  return random.chance(50) ? mutatedBytes(changed, random) : changed;
};

const names: readonly [string, ...string[]] = [
  "x",
  "y",
  "weight",
  "a/b",
  "../up",
  "/root",
  "C:\\x",
  "nul\0",
  "__proto__",
  "\u202e",
  "a".repeat(300),
];

/** An archive, stored or compressed, of arrays of which some are changed; then perhaps its own records. */
const mutatedNpz = (seeds: readonly Uint8Array[], random: Random): Uint8Array => {
  const count = random.between(0, 4);
  const entries = Array.from({ length: count }, (_, i) => ({
    name: `${random.chance(60) ? `array${i}` : random.pick(names)}${random.chance(95) ? ".npy" : ".txt"}`,
    bytes: random.chance(50) ? mutatedNpy(seeds, random) : (seeds[i] ?? new Uint8Array()),
  }));
  const archive = random.chance(50)
    ? writeZip(entries)
    : zipSync(Object.fromEntries(entries.map(({ name, bytes }) => [name, bytes])), { mtime: "2000-01-01" });
  return random.chance(60) ? mutatedBytes(archive, random) : archive;
};

const readArrays = (bytes: Uint8Array): Outcome =>
  outcomeOf(() => {
    const { arrays: read } = readTensorFile(bytes, "case.npz");
    for (const [name, { shape, data }] of read)
      if (data.length !== sizeOf(shape))
        throw new Error(`array ${name} has ${data.length} values for ${shape}`);
  });

export const npyFuzzer = (): Fuzzer => {
  const seeds = arrays();
  return { name: "npy", mutant: (seed) => mutatedNpy(seeds, randomFrom(seed)), read: readArrays };
};

export const npzFuzzer = (): Fuzzer => {
  const seeds = arrays();
  return { name: "npz", mutant: (seed) => mutatedNpz(seeds, randomFrom(seed)), read: readArrays };
};
