import type { Span } from "../../../compiler/diagnostics/index.ts";
import type { NodeOf, Shape, Weight } from "../../../compiler/ir/core/index.ts";
import { makeTensor, type Tensor, type TensorNode } from "../../../compiler/ir/tensor/index.ts";
import type { InputCode, NativeNetwork, NeuronParameters } from "../../../compiler/native/index.ts";

/** How a stream becomes values: the words behind `read.`. */
export type ReadWord = "count" | "mean" | "last" | "max" | "first";

/** What a stage does that no tensor op can say: it keeps a state, or leads into time or out of it. */
export type Part =
  /** Parameters are constants, or placeholders of the network's store. */
  | { readonly kind: "neuron"; readonly parameters: NeuronParameters }
  | { readonly kind: "threshold"; readonly value: Weight }
  /** Seconds: one number, one a channel or one each. */
  | { readonly kind: "delay"; readonly time: Weight }
  | { readonly kind: "encode"; readonly code: InputCode }
  | { readonly kind: "read"; readonly read: ReadWord }
  /** `previous(name, time)`; `steps` from 1 on. */
  | { readonly kind: "previous"; readonly name: string; readonly steps: number }
  /** The node `output` of a network with its weights; its nodes stand below the name of the stage. */
  | {
      readonly kind: "network";
      readonly network: NativeNetwork;
      readonly output: string;
      readonly inputs: readonly TensorNode[];
    };

export type StandIn = NodeOf<Tensor, "input">;

/** A part in its network. Tensors that read it read `node`, an input that stands in for it. */
export interface Placed {
  readonly stage: string;
  readonly span: Span;
  readonly part: Part;
  readonly node: StandIn;
  /** What it reads; null until a loop is closed, and for networks, which have several. */
  readonly from: { node: TensorNode | null };
}

/** Puts a part where a stage stands; what it gives has `shape`. */
export const place = (
  parts: Map<TensorNode, Placed>,
  { stage, span }: Pick<Placed, "stage" | "span">,
  part: Part,
  from: TensorNode | null,
  shape: Shape,
): StandIn => {
  const node = makeTensor("input", [], { name: stage, shape }, [{ name: stage, span }]);
  parts.set(node, { stage, span, part, node, from: { node: from } });
  return node;
};
