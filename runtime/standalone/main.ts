import { existsSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import { nowhere, Rejected, renderAll } from "../../compiler/diagnostics/index.ts";
import type { Shape } from "../../compiler/ir/core/index.ts";
import type { CycleReport } from "../cycle/index.ts";
import { generatedDiagnostics } from "./diagnostics.ts";
import { inputName, type Names, type PopulationOf } from "./network.ts";
import { readSamples } from "./samples.ts";
import type { Output } from "./simulate.ts";
import type { Spikes } from "./spikes.ts";
import type { Tensor } from "./tensor.ts";
import { beside } from "./weight-file.ts";

/** One tensor an input, of its shape. */
export type TensorsOf<P extends readonly PopulationOf<Shape>[]> = {
  readonly [K in keyof P]: Tensor<P[K]["shape"]>;
};

/** What is printed of a sample. */
export interface Printed {
  readonly outputs: Readonly<Record<string, Output<Shape>>>;
  readonly spikes: Readonly<Record<string, Spikes>>;
  readonly cost: CycleReport;
}

/** What a generated program does when it is the program that node was started with. */
export interface MainParts<P extends readonly PopulationOf<Shape>[]> {
  readonly inputs: P;
  /** By the identifiers of `Printed.spikes`. */
  readonly names: Readonly<Record<string, Names>>;
  readonly run: (samples: TensorsOf<P>) => Printed;
}

const document = ({ outputs, spikes, cost }: Printed, names: Readonly<Record<string, Names>>): unknown => ({
  outputs: Object.values(outputs).map(({ name, integers, values }) => ({
    name,
    shape: integers.shape,
    integers: [...integers.data],
    values: [...values.data],
  })),
  spikes: Object.entries(spikes).map(([p, { count }]) => ({ name: names[p]?.value ?? p, count })),
  cost,
});

const isStarted = (path: string): boolean => {
  const started = process.argv[1];
  return started !== undefined && existsSync(started) && realpathSync(started) === realpathSync(path);
};

const fits = <P extends readonly PopulationOf<Shape>[]>(
  inputs: P,
  samples: readonly Tensor[],
): samples is TensorsOf<P> => inputs.length === samples.length;

const usage = (program: string, inputs: readonly PopulationOf<Shape>[], found: number): Rejected => {
  const holes = {
    wanted: `one file for each of its inputs (${inputs.length})`,
    found: `${found} files`,
    program: basename(program),
    example: inputs.map((_, i) => `input${inputs.length === 1 ? "" : i}.npy`).join(" "),
  };
  return new Rejected([generatedDiagnostics.report("usage", nowhere, holes)]);
};

const runAll = <P extends readonly PopulationOf<Shape>[]>(
  { inputs, run, names }: MainParts<P>,
  program: string,
  files: readonly string[],
): void => {
  if (files.length !== inputs.length) throw usage(program, inputs, files.length);
  const columns = inputs.map((p, i) => readSamples(files[i] ?? "", inputName(p), p.shape));
  const counts = columns.map((c) => c.length);
  if (new Set(counts).size > 1)
    throw new Rejected([generatedDiagnostics.report("sample-count", nowhere, { counts: counts.join(", ") })]);
  for (let n = 0; n < (counts[0] ?? 0); n++) {
    const samples = columns.flatMap((column) => column.slice(n, n + 1));
    if (fits(inputs, samples)) process.stdout.write(`${JSON.stringify(document(run(samples), names))}\n`);
  }
};

/**
 * Runs the samples of the files on the command line and prints one line of JSON each, when the module with this
 * `import.meta` is the program that node was started with. Bad input prints what to change and exits with 2.
 */
export const main = <const P extends readonly PopulationOf<Shape>[]>(
  module: object,
  parts: MainParts<P>,
): void => {
  const program = beside(module, "");
  if (!isStarted(program)) return;
  try {
    runAll(parts, program, process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    process.stderr.write(`${renderAll(error.diagnostics)}\n`);
    process.exitCode = 2;
  }
};
