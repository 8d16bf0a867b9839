import type { Numbers } from "../ir/index.ts";
import type { Evaluator, Graphs, LevelName, Sample } from "../pass/graphs.ts";

/** How far the outputs of two graphs are apart, over all samples. */
export interface Difference {
  readonly samples: number;
  readonly greatest: number;
  /** Greatest difference, as a part of the greatest output of its sample. */
  readonly relative: number;
  /** Root of the mean squared difference, as a part of the root mean square of the outputs. */
  readonly rms: number;
  /** The first place that differs, in words. */
  readonly first: string | null;
}

const empty = new Float64Array(0);

interface Sums {
  greatest: number;
  relative: number;
  squares: number;
  energy: number;
  first: string | null;
}

const addOutput = (sums: Sums, name: string, before: Numbers, after: Float64Array): void => {
  const scale = before.data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  before.data.forEach((old, i) => {
    const now = after[i] ?? NaN;
    sums.energy += old * old;
    if (old === now) return;
    const apart = Number.isNaN(now) ? Infinity : Math.abs(old - now);
    sums.first ??= `${name}[${i}] was ${old}, is ${now}`;
    sums.greatest = Math.max(sums.greatest, apart);
    sums.relative = Math.max(sums.relative, scale === 0 ? Infinity : apart / scale);
    sums.squares += apart * apart;
  });
};

/** Runs both graphs on every sample and compares the outputs by name. */
export const compareOutputs = <L extends LevelName>(
  before: Graphs[L],
  after: Graphs[L],
  evaluator: Evaluator<L>,
  samples: readonly Sample[],
): Difference => {
  const sums: Sums = { greatest: 0, relative: 0, squares: 0, energy: 0, first: null };
  for (const sample of samples) {
    const old = evaluator.run(before, sample).outputs;
    const now = evaluator.run(after, sample).outputs;
    for (const [name, value] of old) addOutput(sums, name, value, now.get(name)?.data ?? empty);
  }
  const { greatest, relative, squares, energy, first } = sums;
  const rms = squares === 0 ? 0 : Math.sqrt(squares / energy);
  return { samples: samples.length, greatest, relative, rms, first };
};
