import { nodesOf, productsOf, type TensorGraph } from "../ir/index.ts";
import { type HostPart, partsFor, tailParts } from "../pipeline/host-parts.ts";
import type { CompileOptions } from "../pipeline/options.ts";
import { runTensorStage } from "../pipeline/tensor-stage.ts";
import type { Backend, ModeName, Target } from "../target/index.ts";
import { type Estimate, estimateCores } from "./estimate.ts";
import { type LayerRow, layerRows } from "./layer-rows.ts";
import { chipsFor } from "./network.ts";
import { namesIn, type PlacedNode, parametersOf, placesOf } from "./places.ts";
import {
  commonOf,
  type Engines,
  nothingKnown,
  type Refusal,
  type Settled,
  type Stage,
  settle,
} from "./settle.ts";
import { type Fit, largestSystem, smallestSystem } from "./systems.ts";

/** Nodes, products and trained numbers that run on the chip, of all in the model. */
export interface Share {
  readonly nodes: number;
  readonly allNodes: number;
  readonly products: number;
  readonly allProducts: number;
  readonly parameters: number;
  readonly allParameters: number;
}

/** What a target makes of a network, as far as it is known without compiling. */
export interface Feasibility {
  readonly target: string;
  readonly mode: ModeName;
  /** No stage refuses anything. */
  readonly fits: boolean;
  readonly refusals: readonly Refusal[];
  /** Null when a stage refuses the whole network. */
  readonly estimate: Omit<Estimate, "layers" | "faults"> | null;
  readonly layers: readonly LayerRow[];
  readonly steps: number | null;
  readonly spikeBound: number | null;
  readonly chips: number | null;
  readonly system: Fit | null;
  /** The largest system of the family, where one is known. */
  readonly largest: Pick<Fit, "system" | "chips"> | null;
  readonly places: readonly PlacedNode[];
  readonly share: Share;
  readonly host: readonly HostPart[];
}

/** A network after the float passes: common to all targets. */
export interface Prepared {
  readonly model: TensorGraph;
  readonly chip: TensorGraph;
  readonly host: TensorGraph | null;
  readonly options: CompileOptions;
}

/** Runs the float passes and splits the tail off. Throws Rejected with what they refuse. */
export const prepare = (model: TensorGraph, options: CompileOptions, engines: Engines): Prepared => {
  const context = { targets: [], data: null, seed: 0, tensor: engines.tensor, report: () => undefined };
  const { quantized, host } = runTensorStage(model, options, {
    context,
    clock: () => 0,
    skip: [...options.skip, "quantize"],
  });
  return { model, chip: quantized, host, options };
};

const shareOf = (places: readonly PlacedNode[]): Share => {
  const onChip = new Map(places.map((p) => [p.name, p.place.kind === "chip"]));
  const sum = (list: readonly PlacedNode[], of: (p: PlacedNode) => number): number =>
    list.reduce((total, p) => total + of(p), 0);
  const chip = places.filter(
    ({ place }) => place.kind === "chip" || (place.kind === "folded" && onChip.get(place.into) !== false),
  );
  return {
    nodes: chip.length,
    allNodes: places.length,
    products: sum(chip, (p) => productsOf(p.node)),
    allProducts: sum(places, (p) => productsOf(p.node)),
    parameters: sum(chip, (p) => parametersOf(p.node)),
    allParameters: sum(places, (p) => parametersOf(p.node)),
  };
};

const hostNames = (parts: readonly HostPart[]): ReadonlyMap<string, string> =>
  new Map(parts.flatMap((part) => part.nodes.map((n) => [n, part.name] as const)));

const placed = (
  { model }: Prepared,
  settled: Settled,
  host: readonly HostPart[],
  refusals: readonly Refusal[],
): readonly PlacedNode[] => {
  const refused = new Map<string, Stage>();
  for (const { stage, fault } of refusals)
    if (fault.where.node !== null && !refused.has(fault.where.node)) refused.set(fault.where.node, stage);
  const chip = settled.chip === null ? [] : nodesOf(settled.chip).filter((n) => n.op !== "input");
  return placesOf(model, { chip: namesIn(chip), host: hostNames(host), refused });
};

/** Judges a prepared network on targets, one at a time. `read` are the faults of the reader. */
export const judge = (
  prepared: Prepared,
  backends: readonly Backend[],
  engines: Engines,
  read: readonly Refusal[],
  progress: (target: string) => void,
): readonly Feasibility[] => {
  let known = nothingKnown;
  return backends.map((backend) => {
    progress(backend.target.name);
    const { mode, quantize } = prepared.options;
    const quick = { mode, quantize: { ...quantize, samples: 1, biasCorrection: false } };
    const settled = settle(prepared.chip, backend, quick, engines, known);
    known = commonOf(prepared.chip, settled);
    return judged(prepared, backend, settled, read);
  });
};

const askedMode = ({ options: { mode } }: Prepared, { modes }: Target): ModeName =>
  mode === "auto" ? (modes[0] ?? "exact.graded") : mode;

const judged = (
  prepared: Prepared,
  backend: Backend,
  settled: Settled,
  read: readonly Refusal[],
): Feasibility => {
  const { target } = backend;
  const { wired } = settled;
  const estimate = wired === null ? null : estimateCores(wired.linked, backend);
  const refusals: readonly Refusal[] = [
    ...read,
    ...settled.refusals,
    ...(wired?.faults ?? []).map((fault) => ({ stage: "realize" as const, fault })),
    ...(estimate?.faults ?? []).map((fault) => ({ stage: "map" as const, fault })),
  ];
  const host = [...partsFor(prepared.chip, settled.out), ...tailParts(prepared.host)];
  const places = placed(prepared, settled, host, refusals);
  const chips = estimate === null ? null : chipsFor(target, estimate.cores);
  return {
    target: target.name,
    mode: wired?.mode.name ?? askedMode(prepared, target),
    fits: refusals.length === 0 && wired !== null,
    refusals,
    estimate,
    layers: wired === null || estimate === null ? [] : layerRows(wired, estimate),
    steps: wired?.steps ?? null,
    spikeBound: wired?.spikeBound ?? null,
    chips,
    system: chips === null ? null : smallestSystem(target, chips),
    largest: largestSystem(target),
    places,
    share: shareOf(places),
    host,
  };
};
