// Prints, for each sample of a file of doubles, the cost and a hash of every message, in the order of sending.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { tensor } from "spikefold/runtime";
import { run } from "./network.js";

const [file, ...extents] = process.argv.slice(2);
const shape = extents.map(Number);
const size = shape.reduce((a, b) => a * b, 1);
const bytes = readFileSync(file);
const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

for (let at = 0; at < numbers.length; at += size) {
  const { spikes, cost, levels } = run(tensor(shape, numbers.subarray(at, at + size)));
  const messages = Object.values(spikes).map(({ count, element, step, place, digit }) =>
    Array.from({ length: count }, (_, i) => [element[i], step[i], place[i], digit[i]]),
  );
  const values = Object.values(levels).map(({ data }) => [...data]);
  const hash = createHash("sha256").update(JSON.stringify({ messages, values })).digest("hex");
  console.log(JSON.stringify({ cost, hash }));
}
