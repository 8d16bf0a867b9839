import { integers, sameShape, showShape, type Weight } from "../../ir/core/index.ts";
import { type Sliding, slideShape } from "../../ir/linear/index.ts";
import { native } from "../../native/index.ts";
import type { H5Array } from "../hdf5/index.ts";
import { add, addCell, type Draft, misfit, report, weightOf } from "./draft.ts";
import type { NetLayerOf, NetWindow } from "./layer.ts";
import { limits } from "./limits.ts";

const slidingOf = ({ stride, padding, dilation }: NetWindow): Sliding => ({
  strides: stride,
  dilations: dilation,
  pads: padding.map((amount) => [amount, amount] as const),
});

/** The kernel of a pool, copied for every channel; null, and a fault, where that makes too many weights. */
const copied = (draft: Draft, layer: number, { shape, data }: H5Array, channels: number): Weight | null => {
  const count = channels * data.length;
  if (count > limits.copies) {
    const fault = `its ${data.length} numbers become ${count} for ${channels} channels`;
    misfit(draft, layer, "weight", fault, `a kernel that becomes at most ${limits.copies}`);
    return null;
  }
  const copies = new Float64Array(count);
  for (let at = 0; at < count; at += data.length) copies.set(data, at);
  return integers("weight", [channels, 1, ...shape], copies);
};

/** A layer that slides a kernel over channels, rows and columns. */
export const addWindow = (
  draft: Draft,
  layer: number,
  { shape, neuron, ...window }: NetLayerOf<"conv"> | NetLayerOf<"pool">,
): void => {
  const [channels = 1, ...space] = draft.shape;
  const isPool = window.type === "pool";
  const kernel = isPool ? window.weight.shape : window.weight.shape.slice(2);
  const inputs = isPool ? channels : (window.weight.shape[1] ?? 1) * window.groups;
  const out = isPool ? channels : (window.weight.shape[0] ?? 1);
  const sliding = slidingOf(window);
  if (space.length !== 2 || inputs !== channels) {
    report(
      draft,
      layer,
      `it reads ${inputs} channels of rows and columns, ${showShape(draft.shape)} comes in`,
      "check what stands before it",
    );
    draft.shape = shape;
    return;
  }
  const found = [out, ...slideShape(space, kernel, sliding)];
  if (!sameShape(found, shape))
    misfit(
      draft,
      layer,
      "shape",
      `it is ${showShape(shape)}, the kernel makes ${showShape(found)}`,
      `the shape ${showShape(found)}`,
    );
  const weight = isPool ? copied(draft, layer, window.weight, channels) : weightOf(window.weight);
  const groups = isPool ? channels : window.groups;
  if (weight === null) {
    draft.shape = shape;
    return;
  }
  const conv = native.conv(weight, { ...sliding, groups, space });
  const name = add(draft, layer, `layer${layer}.weight`, conv, draft.end);
  addCell(draft, layer, { neuron, bias: isPool ? null : window.bias, shape: found }, [name]);
};
