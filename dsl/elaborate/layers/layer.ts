import type { Origin, Span } from "../../../compiler/diagnostics/index.ts";
import { type Shape, sizeOf, type Weight, weight } from "../../../compiler/ir/core/index.ts";
import type { TensorNode } from "../../../compiler/ir/tensor/index.ts";
import type { Context } from "../context.ts";
import type { Start } from "../init.ts";
import type { Options, Signature } from "../options.ts";
import { isBounded } from "../shapes.ts";
import { fullName, type Source, type Spread, type Store } from "../store.ts";

/** `values`: one a sample; `signal`: a value in every step; `spikes`: a spike or none in every step. */
export type TensorKind = "values" | "signal" | "spikes";

/** A value on its way through a network, and the layer that made it. */
export interface Flow {
  readonly node: TensorNode;
  readonly kind: TensorKind;
  /** The word that the user wrote: a layer, `+`, or the name of an input. */
  readonly word: string;
  readonly span: Span;
  readonly inputs: readonly Flow[];
}

export const shapeOfFlow = (flow: Flow): Shape => flow.node.type.shape;

/** What arithmetic makes of its inputs. */
export const computedKind = (inputs: readonly Flow[]): TensorKind =>
  inputs.every(({ kind }) => kind === "values") ? "values" : "signal";

/** Where a layer is built: its name, place and arguments. */
export interface Site {
  readonly context: Context;
  readonly stage: string;
  readonly span: Span;
  /** The word of the layer without its arguments. */
  readonly word: Span;
  readonly options: Options;
  readonly store: Store;
  /** Placeholders of the shared stages around it, which every use takes; null outside. */
  readonly instance: Map<string, Weight> | null;
}

export const originsOf = ({ stage, span }: Pick<Site, "stage" | "span">): readonly Origin[] => [
  { name: stage, span },
];

/** A placeholder of zeros. */
export const placeholder = (name: string, shape: Shape): Weight =>
  weight({ name, shape, dtype: "f32", data: () => new Float64Array(sizeOf(shape)) });

/** A parameter that the `weights` line of the network fills. */
export const fromWeights = (start: Start): Source => ({ kind: "weights", start });

/** A parameter of a stage, to be filled from `source`; every use of a shared stage takes the same one. */
export const parameter = (
  site: Pick<Site, "context" | "stage" | "span" | "store" | "instance">,
  role: string,
  shape: Shape,
  source: Source,
  spread: Spread | null = null,
): Weight => {
  isBounded(site.context, shape, site.span);
  const name = fullName({ stage: site.stage, role });
  const known = site.instance?.get(name);
  if (known !== undefined) return known;
  const made = placeholder(name, shape);
  site.store.parameters.set(made, { stage: site.stage, role, span: site.span, source, spread });
  site.instance?.set(name, made);
  return made;
};

/** What a layer takes and gives that leads into time, out of it, or needs it. */
export interface Turn {
  readonly takes: "values" | "signal" | "spikes";
  /** `kept`: what came in. */
  readonly gives: TensorKind | "kept";
}

/** One layer of the language. */
export interface Layer {
  readonly signature: Signature;
  /** Stages without a name of their own are this word and a number. */
  readonly counted: string;
  /** It moves values about, so spikes stay spikes. */
  readonly keepsKind?: boolean;
  readonly turn?: Turn;
  /** Builds the layer on one value. Null: a fault was reported. */
  readonly build: (site: Site, input: Flow) => TensorNode | null;
}

const axisNames: readonly (readonly string[])[] = [
  [],
  ["length"],
  ["height", "width"],
  ["depth", "height", "width"],
];

/** `[channels, height, width]`: what a window over `rank` axes needs. */
export const windowNeeds = (rank: number): string =>
  `[${["channels", ...(axisNames[rank] ?? [`${rank} axes`])].join(", ")}]`;

/** The layer that turned maps into a vector on the way to `flow`, or null. */
export const flattenedBy = (flow: Flow): Flow | null => {
  let at: Flow | undefined = flow;
  while (at !== undefined) {
    if (at.word === "flatten" || at.word === "global_avg_pool") return at;
    if (shapeOfFlow(at).length !== 1) return null;
    at = at.inputs[0];
  }
  return null;
};

/** Lists that hold the default everywhere are written `[]`. */
export const unless = <T>(list: readonly T[], isDefault: (value: T) => boolean): readonly T[] =>
  list.every(isDefault) ? [] : list;
