/**
 * `npm run build && node dist/test/bench/language.js`: how long a program of 1,000 layers takes to parse, check and
 * elaborate. Milliseconds of the processor; the bar is 500. `cold` is the first program of a process of its own.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { elaborateSpk, type SpkHost } from "../../dsl/index.ts";
import { larges } from "../dsl/large.ts";

const noFiles = (): never => {
  throw new Error("these programs read no files");
};

const host: SpkHost = {
  readText: noFiles,
  readWeights: noFiles,
  readModel: noFiles,
  readNir: noFiles,
  targets: [],
};

const milliseconds = (text: string): number => {
  const before = process.cpuUsage();
  elaborateSpk("large.spk", text, host);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

const script = fileURLToPath(import.meta.url);

const cold = (index: number): number =>
  Number(spawnSync(process.execPath, [script, `${index}`], { encoding: "utf8" }).stdout);

const rounds = { warm: 15, cold: 5 };

const repeated = (count: number, measure: () => number): number =>
  median(Array.from({ length: count }, measure));

const [only] = process.argv.slice(2);
if (only !== undefined) {
  const large = larges[Number(only)];
  if (large !== undefined) console.log(milliseconds(large.text));
} else {
  console.log("| program | stages | median ms | cold ms |\n|---|---|---|---|");
  for (const [index, { name, layers, text }] of larges.entries()) {
    const warm = repeated(rounds.warm, () => milliseconds(text));
    const first = repeated(rounds.cold, () => cold(index));
    console.log(`| ${name} | ${layers} | ${warm.toFixed(0)} | ${first.toFixed(0)} |`);
  }
}
