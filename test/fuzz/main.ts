/**
 * Changes valid files and reads them in a process of its own: each case gives a valid value or a refusal, in 2 s of
 * the processor and 512 MB. Prints rate, outcomes, the slowest case and the most memory; names every bad case by its
 * seed. The last line is "N passed, M failed".
 * usage: node main.js --format nir --count 1000 [--seed 0]
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { formats } from "./formats.ts";
import { limits } from "./fuzzer.ts";
import { isBad, isReport, type Report, type Verdict } from "./report.ts";

/**
 * Without a sign for so long a worker hangs: other work on the machine may slow it down, and the seeds are made first.
 * What a case takes of the processor is measured by itself.
 */
const patience = { first: 300_000, next: 60_000 } as const;

interface Tally {
  readonly counts: Map<Verdict, number>;
  readonly bad: Report[];
  slowest: Report | null;
  bytes: number;
}

const count = (tally: Tally, report: Report): void => {
  tally.counts.set(report.verdict, (tally.counts.get(report.verdict) ?? 0) + 1);
  if (isBad(report)) tally.bad.push(report);
  if (tally.slowest === null || report.seconds > tally.slowest.seconds) tally.slowest = report;
  tally.bytes = Math.max(tally.bytes, report.bytes);
};

interface Ended {
  /** The first case that was not reported. */
  readonly next: number;
  readonly code: number | null;
  readonly hung: boolean;
  /** The end of what it said on its way out. */
  readonly said: string;
}

/** One worker, from `from` until it ends. */
const work = (format: string, from: number, to: number, tally: Tally): Promise<Ended> =>
  new Promise((done) => {
    const script = fileURLToPath(new URL("worker.js", import.meta.url));
    const heap = `--max-old-space-size=${limits.bytes / 2 ** 20}`;
    const child = fork(script, [format, `${from}`, `${to}`], { execArgv: [heap], silent: true });
    let next = from;
    let hung = false;
    let said = "";
    child.stderr?.on("data", (text) => {
      said = `${said}${text}`.slice(-2000);
    });
    const kill = (): void => {
      hung = true;
      child.kill("SIGKILL");
    };
    let timer = setTimeout(kill, patience.first);
    child.on("message", (message) => {
      if (!isReport(message)) return;
      next = message.seed + 1;
      count(tally, message);
      clearTimeout(timer);
      timer = setTimeout(kill, patience.next);
    });
    child.on("exit", (code) => {
      clearTimeout(timer);
      done({ next, code, hung, said });
    });
  });

const run = async (format: string, from: number, to: number): Promise<Tally> => {
  const tally: Tally = { counts: new Map(), bad: [], slowest: null, bytes: 0 };
  for (let at = from; at < to; ) {
    const { next, code, hung, said } = await work(format, at, to, tally);
    // A worker that ended in its first case has no other to blame.
    const blamed = (code !== 0 && code !== 3 && next === at) || hung;
    if (blamed)
      count(tally, { seed: next, verdict: hung ? "hang" : "died", seconds: 0, bytes: 0, detail: said });
    at = blamed ? next + 1 : next;
    if (code === 0 && next < to) throw new Error(`the worker ended at case ${next} without a word`);
  }
  return tally;
};

const show = (
  format: string,
  cases: number,
  seconds: number,
  { counts, bad, slowest, bytes }: Tally,
): void => {
  const outcomes = [...counts].map(([verdict, n]) => `${n} ${verdict}`).join(", ");
  console.log(
    `${format}: ${cases} cases in ${seconds.toFixed(1)} s, ${(cases / seconds).toFixed(0)} a second: ${outcomes}`,
  );
  if (slowest !== null)
    console.log(`slowest: case ${slowest.seed}, ${slowest.seconds.toFixed(3)} s of the processor`);
  console.log(`most memory of a worker: ${(bytes / 2 ** 20).toFixed(0)} MB`);
  for (const { seed, verdict, detail } of bad.slice(0, 40))
    console.log(`case ${seed}: ${verdict}\n${detail}`);
  console.log(`${cases - bad.length} passed, ${bad.length} failed`);
};

const { values } = parseArgs({
  options: {
    format: { type: "string" },
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "0" },
  },
});
const format = values.format ?? "";
if (formats[format] === undefined) throw new Error(`--format is one of ${Object.keys(formats).join(", ")}`);
const [first, cases] = [Number(values.seed), Number(values.count)];
const started = Date.now();
const tally = await run(format, first, first + cases);
show(format, cases, (Date.now() - started) / 1000, tally);
process.exitCode = tally.bad.length === 0 ? 0 : 1;
