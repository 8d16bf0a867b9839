import {
  channelsOf,
  incompleteAt,
  item,
  jump,
  type LevelFunction,
  levelOf,
  levelRange,
  modelName,
  type Population,
  type PopulationId,
  type SpikingNetwork,
  signedSums,
  sizeOf,
  valuesOf,
} from "../ir/index.ts";
import { levelRanges, streamSteps } from "./bounds.ts";
import { type ConversionMode, isStaircase } from "./modes.ts";
import type { Obligation } from "./obligation.ts";

/** The first place where thresholds J_k and level function differ, at S = J_k - 1 or S = J_k; null when there is none. */
export const tableFault = (fn: LevelFunction): string | null => {
  const level = levelOf(fn);
  const [low, high] = levelRange(fn);
  for (let channel = 0; channel < channelsOf(fn); channel++) {
    for (let k = low + 1; k <= high; k++) {
      for (const sum of [jump(fn, channel, k) - 1, jump(fn, channel, k)]) {
        const q = level(channel, sum);
        if (sum < jump(fn, channel, q) || sum >= jump(fn, channel, q + 1))
          return `channel ${channel}, sum ${sum}, level ${q}`;
      }
    }
  }
  return null;
};

const tableObligation = (p: Population): readonly Obligation[] => {
  if (p.model.kind !== "levels") return [];
  const { fn } = p.model;
  const layer = modelName(p);
  const [low, high] = levelRange(fn);
  if (!isStaircase(fn))
    return [
      {
        id: "table-equals-level",
        layer,
        status: "proved",
        evidence: "the payload is the level function itself",
      },
    ];
  const fault = tableFault(fn);
  if (fault !== null) throw new Error(`thresholds of ${p.id} do not give its levels: ${fault}`);
  const evidence = `levels ${low}..${high}, ${channelsOf(fn) * (high - low)} jumps, at S = J - 1 and S = J`;
  return [{ id: "table-equals-level", layer, status: "checked", evidence }];
};

const codeObligation = (p: Population, high: number): readonly Obligation[] => {
  if (p.code.kind !== "phased") return [];
  const missed = incompleteAt(p.code.gains, p.code.limit, high);
  if (missed !== null) throw new Error(`the code of ${p.id} cannot spell level ${missed}`);
  const evidence = `levels 0..${high} in ${p.code.gains.length} digits of at most ${p.code.limit}`;
  return [{ id: "code-complete", layer: modelName(p), status: "checked", evidence }];
};

/** Greatest absolute sum of a population: also of every sum on the way, since tracers stay between 0 and their levels. */
const reachOf = (network: SpikingNetwork, to: Population, ranges: ReturnType<typeof levelRanges>): number => {
  const size = sizeOf(to.shape);
  const up = new Float64Array(size);
  const down = new Float64Array(size);
  const bias = to.bias === null ? new Float64Array(1) : valuesOf(to.bias);
  for (let i = 0; i < size; i++) {
    const b = item(bias, Math.floor((i * bias.length) / size));
    up[i] = Math.max(0, b);
    down[i] = Math.max(0, -b);
  }
  for (const { from, map, gain } of network.projections.filter((q) => q.to === to.id)) {
    const [low, high] = ranges.get(from) ?? [0, 0];
    const sources = sizeOf(map.from);
    const ends = [Math.min(0, low) * gain, Math.max(0, high) * gain];
    const least = new Float64Array(sources).fill(Math.min(...ends));
    const most = new Float64Array(sources).fill(Math.max(...ends));
    const { positive, negative } = signedSums(map, least, most);
    for (let i = 0; i < size; i++) {
      up[i] = item(up, i) + item(positive, i);
      down[i] = item(down, i) + item(negative, i);
    }
  }
  return Math.max(
    up.reduce((a, b) => Math.max(a, b), 0),
    down.reduce((a, b) => Math.max(a, b), 0),
  );
};

const sumObligation = (p: Population, reach: number): Obligation => {
  if (reach >= Number.MAX_SAFE_INTEGER) throw new Error(`sums of ${p.id} may reach ${reach}`);
  return {
    id: "sums-exact",
    layer: modelName(p),
    status: "proved",
    evidence: `sums stay within +-${reach}, below 2^53`,
  };
};

const startOf = (network: SpikingNetwork): ((id: PopulationId) => number) => {
  const starts = new Map(network.populations.map((p) => [p.id, p.start]));
  return (id) => starts.get(id) ?? 0;
};

/** `start` rises along every projection: there is no cycle, and a phase begins after those that feed it. */
const alignment = (network: SpikingNetwork): readonly Obligation[] => {
  const start = startOf(network);
  for (const { from, to } of network.projections) {
    if (start(to) <= start(from)) throw new Error(`${to} does not start after ${from}`);
  }
  const evidence = `start rises along all ${network.projections.length} projections`;
  const acyclic: Obligation = { id: "acyclic", layer: null, status: "checked", evidence };
  if (network.schedule.kind !== "phases") return [acyclic];
  return [acyclic, { id: "phases-aligned", layer: null, status: "checked", evidence }];
};

/** What the engine or machine must keep; no static check can. */
const assumptions = (network: SpikingNetwork): readonly Obligation[] => {
  const { schedule } = network;
  const fresh: Obligation = {
    id: "fresh-state",
    layer: null,
    status: "assumed",
    evidence: "sums and sent digits are zero when a sample enters",
  };
  if (schedule.kind === "phases")
    return [
      fresh,
      { id: "barrier", layer: null, status: "assumed", evidence: "no message crosses the end of its phase" },
    ];
  const steps = streamSteps(network);
  if (schedule.kind === "stream" && schedule.steps < steps)
    throw new Error(`${schedule.steps} steps are stated, the bound is ${steps}`);
  return [
    fresh,
    {
      id: "delivered-once",
      layer: null,
      status: "assumed",
      evidence: "every message arrives once; order and delay do not matter",
    },
    {
      id: "quiescent",
      layer: null,
      status: "proved",
      evidence: `after at most ${steps} steps without extra delays`,
    },
  ];
};

/** What exactness of an abstract network rests on. A claim that fails is a fault of ours and throws. */
export const conversionObligations = (
  network: SpikingNetwork,
  mode: ConversionMode,
): readonly Obligation[] => {
  const ranges = levelRanges(network);
  const theorem: Obligation = {
    id: "theorem",
    layer: null,
    status: "proved",
    evidence: `${mode.name}: theorem ${mode.theorem}`,
  };
  const perLayer = network.populations.flatMap((p) => {
    const [, high] = ranges.get(p.id) ?? [0, 0];
    const receives = p.model.kind === "levels" || p.model.kind === "sum";
    const sums = receives ? [sumObligation(p, reachOf(network, p, ranges))] : [];
    return [...tableObligation(p), ...codeObligation(p, high), ...sums];
  });
  return [theorem, ...alignment(network), ...perLayer, ...assumptions(network)];
};
