import {
  type Draft,
  demand,
  item,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  type Weight,
} from "../core/index.ts";
import { pooledShape, slideShape } from "../linear/index.ts";
import { f32, shapeOf } from "./infer.ts";
import type { Tensor, TensorType } from "./ops.ts";

const vectorFits = (name: string, length: number, wanted: number): void =>
  demand(length === wanted, () => `${name} has ${length} entries, ${wanted} are needed`);

const biasFits = (draft: Draft<Tensor, "dense" | "conv" | "convTranspose">, channels: number): void => {
  if (draft.attrs.bias !== null) vectorFits("the bias", sizeOf(draft.attrs.bias.shape), channels);
};

export const denseType = (draft: Draft<Tensor, "dense">): TensorType => {
  const from = shapeOf(draft);
  const { shape } = draft.attrs.weight;
  demand(shape.length === 2, () => `dense weights are [out, in], these are ${showShape(shape)}`);
  demand(
    from.length > 0 && from[from.length - 1] === shape[1],
    () => `dense weights ${showShape(shape)} do not fit input ${showShape(from)}`,
  );
  biasFits(draft, item(shape, 0));
  return f32([...from.slice(0, -1), item(shape, 0)]);
};

export const convType = (draft: Draft<Tensor, "conv">): TensorType => {
  const from = shapeOf(draft);
  const { weight, groups } = draft.attrs;
  const { shape } = weight;
  demand(
    shape.length === from.length + 1 && from.length >= 2,
    () => `conv weights ${showShape(shape)} do not fit input ${showShape(from)}`,
  );
  demand(
    groups >= 1 && item(shape, 1) * groups === from[0],
    () =>
      `conv weights ${showShape(shape)} in ${groups} groups read ${item(shape, 1) * groups} channels, the input has ${from[0]}`,
  );
  demand(
    item(shape, 0) % groups === 0,
    () => `${item(shape, 0)} output channels do not divide into ${groups} groups`,
  );
  biasFits(draft, item(shape, 0));
  const space = slideShape(from.slice(1), shape.slice(2), draft.attrs);
  demand(
    space.every((extent) => extent >= 1),
    () => `a ${shape.slice(2).join("x")} kernel does not fit into ${showShape(from)}`,
  );
  return f32([item(shape, 0), ...space]);
};

/** (extent - 1) stride + dilation (kernel - 1) + 1 - pads + output pads */
export const convTransposeType = (draft: Draft<Tensor, "convTranspose">): TensorType => {
  const from = shapeOf(draft);
  const { weight, groups, strides, dilations, pads, outputPads } = draft.attrs;
  const { shape } = weight;
  demand(
    shape.length === from.length + 1 && from.length >= 2,
    () => `transposed conv weights ${showShape(shape)} do not fit input ${showShape(from)}`,
  );
  demand(
    groups >= 1 && shape[0] === from[0] && item(shape, 0) % groups === 0,
    () => `transposed conv weights ${showShape(shape)} in ${groups} groups do not fit ${showShape(from)}`,
  );
  biasFits(draft, item(shape, 1) * groups);
  const space = from.slice(1).map((extent, axis) => {
    const [before, after] = pads[axis] ?? [0, 0];
    const reach = (dilations[axis] ?? 1) * (item(shape, axis + 2) - 1) + 1;
    return (extent - 1) * (strides[axis] ?? 1) + reach - before - after + (outputPads[axis] ?? 0);
  });
  demand(
    space.every((extent) => extent >= 1),
    () => `the pads of a transposed conv leave ${showShape(space)} of ${showShape(from)}`,
  );
  return f32([item(shape, 1) * groups, ...space]);
};

export const poolType = (draft: Draft<Tensor, "maxPool" | "averagePool">): TensorType =>
  f32(pooledShape(draft.inputs[0].type.shape, draft.attrs));

export const perChannel = (draft: Draft<Tensor, "batchNorm">): TensorType => {
  const from = shapeOf(draft);
  const { scale, shift, mean, variance } = draft.attrs;
  for (const w of [scale, shift, mean, variance]) vectorFits(w.name, sizeOf(w.shape), from[0] ?? 1);
  return draft.inputs[0].type;
};

/** One entry, one per channel of axis 0, or one per element. */
const entriesFit = (w: Weight, from: Shape): void =>
  demand(
    [1, from[0], sizeOf(from)].includes(sizeOf(w.shape)),
    () => `${w.name} has ${sizeOf(w.shape)} entries, 1, ${from[0]} or ${sizeOf(from)} are needed`,
  );

export const affineType = (draft: Draft<Tensor, "affine">): TensorType => {
  const from = shapeOf(draft);
  for (const w of [draft.attrs.scale, draft.attrs.shift]) if (w !== null) entriesFit(w, from);
  return draft.inputs[0].type;
};

export const preluType = (draft: Draft<Tensor, "prelu">): TensorType => {
  const { slope } = draft.attrs;
  entriesFit(slope, shapeOf(draft));
  return draft.inputs[0].type;
};

const gateCount = { rnn: 1, gru: 3, lstm: 4 } as const;

export const recurrentType = (draft: Draft<Tensor, "recurrent">): TensorType => {
  const from = shapeOf(draft);
  const { cell, input, hidden, bias, initial, initialCell, peephole, activations, emit } = draft.attrs;
  const gates = gateCount[cell];
  const units = hidden.shape[1] ?? 0;
  const fits = (w: Weight | null, shape: Shape): void =>
    demand(
      w === null || sameShape(w.shape, shape),
      () => `${w?.name} of a ${cell} is ${showShape(w?.shape ?? [])}, ${showShape(shape)} is needed`,
    );
  demand(from.length === 2, () => `a ${cell} reads [steps, channels], its input is ${showShape(from)}`);
  fits(input, [gates * units, item(from, 1)]);
  fits(hidden, [gates * units, units]);
  fits(bias, [2 * gates * units]);
  fits(initial, [units]);
  fits(initialCell, [units]);
  fits(peephole, [3 * units]);
  const functions = { rnn: 1, gru: 2, lstm: 3 }[cell];
  demand(
    activations.length === functions,
    () => `a ${cell} has ${functions} activations, ${activations.length} are given`,
  );
  demand(emit !== "cell" || cell === "lstm", () => `a ${cell} has no cell state to emit`);
  return f32(emit === "sequence" ? [item(from, 0), units] : [units]);
};
