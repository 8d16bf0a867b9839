import type { Obligation } from "../convert/obligation.ts";
import {
  channelsOf,
  item,
  jump,
  type LevelFunction,
  levelOf,
  levelRange,
  modelName,
  type SpikingNetwork,
} from "../ir/index.ts";
import { type Target, valueOf } from "../target/index.ts";
import { gainsFor, spelled } from "./lanes.ts";
import type { Realized } from "./spatial.ts";
import { greatest } from "./weights.ts";

/** Sums that decide a monotone table: the last below and the first at every jump. */
const decisive = (fn: LevelFunction, channel: number): readonly number[] => {
  const [low, high] = levelRange(fn);
  return Array.from({ length: high - low }, (_, k) => jump(fn, channel, low + k + 1)).flatMap((j) => [
    j - 1,
    j,
  ]);
};

const laneFault = (fn: LevelFunction, gains: readonly number[]): string | null => {
  const level = levelOf(fn);
  for (let channel = 0; channel < channelsOf(fn); channel++) {
    for (const sum of decisive(fn, channel)) {
      if (spelled(fn, gains, channel, sum) !== level(channel, sum)) return `channel ${channel}, sum ${sum}`;
    }
  }
  return null;
};

const tables = (abstract: SpikingNetwork): readonly Obligation[] =>
  abstract.populations.flatMap((p) => {
    if (p.model.kind !== "levels" || p.code.kind !== "phased") return [];
    const { fn } = p.model;
    const fault = laneFault(fn, gainsFor(fn, p.code.gains));
    if (fault !== null) throw new Error(`lanes of ${p.id} do not spell its levels: ${fault}`);
    const count = channelsOf(fn) * (levelRange(fn)[1] - levelRange(fn)[0]);
    return [
      {
        id: "lanes-spell-level",
        layer: modelName(p),
        status: "checked" as const,
        evidence: `${count} jumps, both sides of each`,
      },
    ];
  });

/** Every spike arrives at the step at which its reader fires. */
const latencies = ({ network }: Realized): Obligation => {
  const step = new Map(network.populations.map((p) => [p.id, p.start]));
  for (const { from, to, delay } of network.projections) {
    if ((step.get(from) ?? 0) + 1 + delay !== step.get(to))
      throw new Error(`${from} reaches ${to} at the wrong step`);
  }
  return {
    id: "latencies-meet",
    layer: null,
    status: "checked",
    evidence: `${network.projections.length} projections`,
  };
};

const sums = (realized: Realized, target: Target): Obligation => {
  const limit = valueOf(target.cell?.signedSumLimit ?? { unknown: "no cell", source: "" });
  const widest =
    Math.max(...[...realized.reach.values()].flatMap((r) => [r.positive, r.negative])) * realized.unit;
  if (limit !== null && widest > limit) throw new Error(`sums reach ${widest}, the limit is ${limit}`);
  return {
    id: "sums-fit",
    layer: null,
    status: "proved",
    evidence: `at most ${widest} of ${limit ?? "unlimited"} in one step and sign`,
  };
};

const delays = ({ network }: Realized, target: Target): Obligation => {
  const limit = valueOf(target.cell?.maxDelay ?? { unknown: "no cell", source: "" });
  const longest = Math.max(0, ...network.projections.map((q) => q.delay));
  if (limit !== null && longest > limit) throw new Error(`a delay of ${longest} is over ${limit}`);
  return {
    id: "delays-fit",
    layer: null,
    status: "checked",
    evidence: `at most ${longest} of ${limit ?? "unlimited"} extra steps`,
  };
};

const weights = ({ network }: Realized, target: Target): Obligation => {
  const { low, high, step, exponents } = target.grid;
  for (const { map, gain, from, to } of network.projections) {
    const most = greatest(map) * Math.abs(gain);
    const unit = exponents.map((e) => step * 2 ** e);
    if (gain % item(unit, 0) !== 0 || most > Math.min(high, -low) * item(unit, 1))
      throw new Error(`weights of ${from} to ${to} are off the grid`);
  }
  return {
    id: "weights-on-grid",
    layer: null,
    status: "checked",
    evidence: `mantissa ${low}..${high} step ${step}, exponent ${exponents.join("..")}`,
  };
};

/** What exactness of a realized network rests on; a claim that fails is a fault of ours and throws. */
export const realizedObligations = (
  abstract: SpikingNetwork,
  realized: Realized,
  target: Target,
): readonly Obligation[] => [
  ...tables(abstract),
  latencies(realized),
  sums(realized, target),
  delays(realized, target),
  weights(realized, target),
];
