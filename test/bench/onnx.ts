/**
 * `npm run build && node dist/test/bench/onnx.js`: what importing a network of 100 MB takes, each way of storing its
 * weights in a process of its own. The bars are 1 s and 300 MB; a file of 100 MB that is held in memory is among them.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { externalFilesBeside, readOnnx } from "../../compiler/formats/onnx/index.ts";
import { readFileBounded } from "../../runtime/files/index.ts";
import { concat, floatBytes, int, message, model, tensor, text } from "../formats/onnx/decode/encode.ts";

const megabyte = 2 ** 20;
const width = 2560;
const layers = 4;

const storages = ["raw_data", "float_data", "external"] as const;

type Storage = (typeof storages)[number];

/** Weights of one layer, 25 MB of small numbers. */
const numbers = (): Uint8Array => {
  const pattern = floatBytes(...Array.from({ length: width }, (_, i) => ((i % 17) - 8) / 1024));
  const bytes = new Uint8Array(width * pattern.length);
  for (let row = 0; row < width; row++) bytes.set(pattern, row * pattern.length);
  return bytes;
};

const place = (key: string, value: number | string): Uint8Array =>
  message(13, text(1, key), text(2, `${value}`));

const weightField = (storage: Storage, layer: number, bytes: Uint8Array): Uint8Array => {
  if (storage === "raw_data") return message(9, bytes);
  if (storage === "float_data") return message(4, bytes);
  const offset = layer * bytes.length;
  const entries = [place("location", "w.bin"), place("offset", offset), place("length", bytes.length)];
  return concat(...entries, int(14, 1));
};

/** A chain of dense layers with their activations. */
const network = (storage: Storage, bytes: Uint8Array): Uint8Array => {
  const shape = message(2, message(1, int(1, 1)), message(1, int(1, width)));
  const of = (op: string, inputs: readonly string[], output: string): Uint8Array =>
    message(1, ...inputs.map((name) => text(1, name)), text(2, output), text(4, op));
  const nodes = Array.from({ length: layers }, (_, i) =>
    concat(of("MatMul", [`x${i}`, `w${i}`], `s${i}`), of("Relu", [`s${i}`], `x${i + 1}`)),
  );
  const weights = Array.from({ length: layers }, (_, i) =>
    message(5, tensor(`w${i}`, 1, [width, width]), weightField(storage, i, bytes)),
  );
  const input = message(11, text(1, "x0"), message(2, message(1, int(1, 1), shape)));
  return model(...nodes, ...weights, input, message(12, text(1, `x${layers}`)));
};

const measure = (path: string): void => {
  const before = process.cpuUsage();
  const start = performance.now();
  readOnnx(readFileBounded(path), path, { external: externalFilesBeside(path) });
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const peak = (process.resourceUsage().maxRSS * 1024) / megabyte;
  console.log(`${wall.toFixed(0)} | ${((user + system) / 1000).toFixed(0)} | ${peak.toFixed(0)} |`);
};

const makeIn = (folder: string): void => {
  const bytes = numbers();
  for (const storage of storages) writeFileSync(join(folder, `${storage}.onnx`), network(storage, bytes));
  writeFileSync(join(folder, "w.bin"), concat(...Array.from({ length: layers }, () => bytes)));
};

/** A process of its own: the peak of one that starts another counts for both. */
const self = (...args: readonly string[]): string => {
  const ran = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args], { encoding: "utf8" });
  return ran.stdout || ran.stderr;
};

const compareAll = (): void => {
  const folder = mkdtempSync(join(tmpdir(), "spikefold-bench-"));
  try {
    self("make", folder);
    console.log("| weights | ms | ms of the processor | peak MB |\n|---|---|---|---|");
    for (const storage of storages)
      process.stdout.write(`| ${storage} | ${self("read", join(folder, `${storage}.onnx`))}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const [task, path = ""] = process.argv.slice(2);
if (task === "make") makeIn(path);
else if (task === "read") measure(path);
else compareAll();
