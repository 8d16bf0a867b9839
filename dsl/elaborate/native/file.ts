import type { Weight } from "../../../compiler/ir/core/index.ts";
import { weightsOf } from "../../../compiler/ir/core/index.ts";
import { tensorLevel } from "../../../compiler/ir/tensor/index.ts";
import type { NativeNode, NeuronParameters } from "../../../compiler/native/index.ts";
import type { SpkModel } from "../host.ts";

/** The parameters of a neuron that are there, in the order of the equations. */
export const neuronWeights = (p: NeuronParameters): readonly Weight[] =>
  [
    ...[p.tauSyn, p.wIn, p.tauMem, p.r, p.vLeak, p.threshold, p.vReset],
    ...(p.adaptation === null ? [] : [p.adaptation.tau, p.adaptation.beta]),
  ].filter((w) => w !== null);

const weightsIn = ({ op }: NativeNode): readonly Weight[] => {
  switch (op.kind) {
    case "affine":
    case "conv":
      return op.bias === null ? [op.weight] : [op.weight, op.bias];
    case "linear":
      return op.bias === null ? [] : [op.bias];
    case "scale":
      return [op.factor];
    case "delay":
      return [op.time];
    case "threshold":
      return [op.threshold];
    case "neuron":
      return neuronWeights(op.parameters);
    case "input":
    case "pool":
    case "flatten":
    case "cell":
    case "join":
    case "output":
      return [];
  }
};

/** All arrays of a model by name. */
export const arraysOf = (model: SpkModel): ReadonlyMap<string, Weight> => {
  const all =
    model.kind === "native" ? model.network.nodes.flatMap(weightsIn) : weightsOf(tensorLevel, model.graph);
  return new Map(all.map((w) => [w.name, w]));
};
