import type { Shape } from "../../ir/core/index.ts";
import type { H5Array } from "../hdf5/index.ts";

/** A parameter as it is stored: full-shaped, or one number for all. */
export type NirArray = H5Array;

export type Pair = readonly [number, number];

/** `same` keeps ceil(extent / stride), `valid` pads nothing. */
export type Padding<T> = T | "same" | "valid";

interface Convolution<Extent, Space> {
  /** Spatial extent of the input; null when the file leaves it to the neighbours. */
  readonly inputShape: Space | null;
  /** [out, in / groups, k...] */
  readonly weight: NirArray;
  readonly bias: NirArray;
  readonly stride: Extent;
  readonly padding: Padding<Extent>;
  readonly dilation: Extent;
  readonly groups: number;
}

interface Pooling {
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
}

interface Leaky {
  readonly tau: NirArray;
  readonly r: NirArray;
  readonly vLeak: NirArray;
}

interface Current {
  readonly tauSyn: NirArray;
  readonly tauMem: NirArray;
  readonly r: NirArray;
  readonly vLeak: NirArray;
  readonly wIn: NirArray;
}

/** A null reset potential: the file is older than the field; it means 0. */
interface Spiking {
  readonly vThreshold: NirArray;
  readonly vReset: NirArray | null;
}

/**
 * Parameters of the 19 node types by their names in the file (neuromorphs/NIR:nir/ir). Arrays have no batch and no
 * time axis. A spike is sent when v > v_threshold.
 */
export interface NirParameters {
  readonly Input: { readonly shape: Shape };
  readonly Output: { readonly shape: Shape };
  /** y = W x + b, weight [..., out, in] */
  readonly Affine: { readonly weight: NirArray; readonly bias: NirArray };
  readonly Linear: { readonly weight: NirArray };
  readonly Scale: { readonly scale: NirArray };
  readonly Conv1d: Convolution<number, number>;
  readonly Conv2d: Convolution<Pair, Pair>;
  readonly SumPool2d: Pooling;
  readonly AvgPool2d: Pooling;
  /** Axes are those of one sample: there is no batch axis. */
  readonly Flatten: { readonly startDim: number; readonly endDim: number; readonly inputType: Shape | null };
  /** y(t) = x(t - delay), seconds */
  readonly Delay: { readonly delay: NirArray };
  /** 1 where x > threshold */
  readonly Threshold: { readonly threshold: NirArray };
  /** v' = r x */
  readonly I: { readonly r: NirArray };
  /** tau v' = vLeak - v + r x */
  readonly LI: Leaky;
  readonly IF: { readonly r: NirArray } & Spiking;
  readonly LIF: Leaky & Spiking;
  /** tauSyn i' = -i + wIn x, tauMem v' = vLeak - v + r i */
  readonly CubaLI: Current;
  readonly CubaLIF: Current & Spiking;
  readonly NIRGraph: { readonly graph: NirGraph };
}

export type NirType = keyof NirParameters;

/** One node type, or any of several. */
export type NirNodeOf<T extends NirType> = {
  readonly [K in T]: { readonly type: K; readonly name: string } & NirParameters[K];
}[T];

export type NirNode = NirNodeOf<NirType>;

/** From and to, by name. Several edges into a node are a sum; equal edges count as often as they stand. */
export type NirEdge = readonly [from: string, to: string];

/** Nodes by name, in the file's order; cycles are legal. */
export interface NirGraph {
  readonly nodes: ReadonlyMap<string, NirNode>;
  readonly edges: readonly NirEdge[];
}

export const nirTypes: readonly NirType[] = [
  "Input",
  "Output",
  "Affine",
  "Linear",
  "Scale",
  "Conv1d",
  "Conv2d",
  "SumPool2d",
  "AvgPool2d",
  "Flatten",
  "Delay",
  "Threshold",
  "I",
  "LI",
  "IF",
  "LIF",
  "CubaLI",
  "CubaLIF",
  "NIRGraph",
];

export const isNirType = (name: string): name is NirType => nirTypes.some((type) => type === name);
