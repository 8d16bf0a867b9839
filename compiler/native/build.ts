import { named, type Origin } from "../diagnostics/index.ts";
import {
  floats,
  type LinearMap,
  type NeuronModel,
  type Shape,
  type Sliding,
  slidingOf,
  type Weight,
} from "../ir/index.ts";
import type {
  InputCode,
  NativeEdge,
  NativeNetwork,
  NativeNode,
  NativeOp,
  NeuronParameters,
  Parameter,
  StreamRead,
} from "./network.ts";

/** One number for all neurons. */
export const scalar = (name: string, value: number): Parameter => floats(name, [1], Float64Array.of(value));

export const input = (shape: Shape, code: InputCode | null = null): NativeOp => ({
  kind: "input",
  shape,
  code,
});

export const affine = (weight: Weight, bias: Weight | null = null): NativeOp => ({
  kind: "affine",
  weight,
  bias,
});

export const conv = (
  weight: Weight,
  options: Partial<Sliding> & {
    readonly bias?: Weight | null;
    readonly groups?: number;
    readonly space?: Shape | null;
  } = {},
): NativeOp => {
  const { bias = null, groups = 1, space = null } = options;
  return { kind: "conv", weight, bias, groups, space, ...slidingOf(options) };
};

export const sumPool = (kernel: Shape, options: Partial<Sliding> = {}): NativeOp => ({
  kind: "pool",
  kernel,
  mean: false,
  ...slidingOf(options),
});

/** Mean over the whole window, padding counted as zeros. */
export const meanPool = (kernel: Shape, options: Partial<Sliding> = {}): NativeOp => ({
  kind: "pool",
  kernel,
  mean: true,
  ...slidingOf(options),
});

export const scale = (factor: Parameter): NativeOp => ({ kind: "scale", factor });

export const flatten = (start = 0, end = -1): NativeOp => ({ kind: "flatten", start, end });

export const linear = (map: LinearMap, bias: Weight | null = null): NativeOp => ({
  kind: "linear",
  map,
  bias,
});

export const delay = (time: Parameter, unit: "seconds" | "steps" = "seconds"): NativeOp => ({
  kind: "delay",
  time,
  unit,
});

export const threshold = (value: Parameter): NativeOp => ({ kind: "threshold", threshold: value });

export const join = (shape: Shape | null = null): NativeOp => ({ kind: "join", shape });

export const output = (read: StreamRead | null = null): NativeOp => ({ kind: "output", read });

type Synapse = "tauSyn" | "wIn";
type Spiking = "threshold" | "vReset" | "reset" | "refractory" | "adaptation";

/** Parameters that a type of neuron takes beyond those it must have. */
type Options<Without extends keyof NeuronParameters> = Partial<Omit<NeuronParameters, Without>> & {
  readonly shape?: Shape;
};

const plain: NeuronParameters = {
  tauSyn: null,
  wIn: null,
  tauMem: null,
  r: null,
  vLeak: null,
  threshold: null,
  vReset: null,
  reset: null,
  refractory: 0,
  adaptation: null,
};

const neuron = ({
  shape,
  ...parameters
}: Partial<NeuronParameters> & { readonly shape?: Shape }): NativeOp => ({
  kind: "neuron",
  shape: shape ?? null,
  parameters: { ...plain, ...parameters },
});

/** v' = r x, read as it is. */
export const integrator = (options: Options<Synapse | Spiking | "tauMem" | "vLeak"> = {}): NativeOp =>
  neuron(options);

export const leakyIntegrator = (
  tauMem: Parameter,
  options: Options<Synapse | Spiking | "tauMem"> = {},
): NativeOp => neuron({ ...options, tauMem });

export const integrateAndFire = (
  options: Options<Synapse | "tauMem" | "vLeak"> & { readonly threshold: Parameter },
): NativeOp => neuron(options);

/** LIF; with an adaptation ALIF. */
export const leakyIntegrateAndFire = (
  tauMem: Parameter,
  options: Options<Synapse | "tauMem"> & { readonly threshold: Parameter },
): NativeOp => neuron({ ...options, tauMem });

export const currentLeakyIntegrator = (
  tauSyn: Parameter,
  tauMem: Parameter,
  options: Options<Spiking | "tauSyn" | "tauMem"> = {},
): NativeOp => neuron({ ...options, tauSyn, tauMem });

/** CubaLIF; with an adaptation a CubaALIF. */
export const currentLeakyIntegrateAndFire = (
  tauSyn: Parameter,
  tauMem: Parameter,
  options: Options<"tauSyn" | "tauMem"> & { readonly threshold: Parameter },
): NativeOp => neuron({ ...options, tauSyn, tauMem });

/** A population whose dynamics are given in steps, as the files of chips have it. */
export const cell = (
  model: NeuronModel,
  options: {
    readonly shape?: Shape;
    readonly bias?: Weight | null;
    readonly payload?: boolean;
    readonly start?: number;
  } = {},
): NativeOp => {
  const { shape = null, bias = null, payload = false, start = 0 } = options;
  return { kind: "cell", shape, model, bias, payload, start };
};

/** A node; its origin is its name where nothing better is known. */
export const node = (name: string, op: NativeOp, origins: readonly Origin[] = [named(name)]): NativeNode => ({
  name,
  op,
  origins,
});

export const edge = (from: string, to: string): NativeEdge => ({ from, to });

/** Nodes that follow each other. */
export const path = (...names: readonly string[]): readonly NativeEdge[] =>
  names.slice(1).map((to, i) => edge(names[i] ?? to, to));

/** Checks nothing: `lowerNative` names all faults at once. */
export const nativeNetwork = (
  name: string,
  nodes: readonly NativeNode[],
  edges: readonly NativeEdge[],
): NativeNetwork => ({ name, nodes, edges });
