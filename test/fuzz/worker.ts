/**
 * Runs the cases FROM to TO (without TO) of a format and reports each to its parent. It ends early, with code 3, when
 * garbage of past cases would count as what the next one takes. usage: node worker.js FORMAT FROM TO
 */
import { formats } from "./formats.ts";
import { type Fuzzer, limits } from "./fuzzer.ts";
import type { Report, Verdict } from "./report.ts";

const [name = "", from = "0", to = "0"] = process.argv.slice(2);

const peak = (): number => process.resourceUsage().maxRSS * 1024;

const verdictOn = (read: () => Verdict): { readonly verdict: Verdict; readonly detail: string } => {
  try {
    return { verdict: read(), detail: "" };
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { verdict: "crash", detail: detail.split("\n").slice(0, 6).join("\n") };
  }
};

const attempt = (fuzzer: Fuzzer, seed: number): Report => {
  const bytes = fuzzer.mutant(seed);
  const start = process.cpuUsage();
  const { verdict, detail } = verdictOn(() => fuzzer.read(bytes));
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  const found = { seed, seconds, bytes: peak(), detail };
  if (verdict === "crash") return { ...found, verdict };
  if (seconds > limits.seconds) return { ...found, verdict: "slow" };
  return { ...found, verdict: peak() > limits.bytes ? "memory" : verdict };
};

const run = async (): Promise<number> => {
  const open = formats[name];
  if (open === undefined) throw new Error(`no format ${name}`);
  const fuzzer = await open();
  for (let seed = Number(from); seed < Number(to); seed++) {
    const report = attempt(fuzzer, seed);
    await new Promise((done) => process.send?.(report, done));
    if (peak() > limits.bytes / 2) return 3;
  }
  return 0;
};

process.exitCode = await run();
process.disconnect?.();
