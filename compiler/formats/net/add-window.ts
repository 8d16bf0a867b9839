import { integers, sameShape, showShape } from "../../ir/core/index.ts";
import { type Sliding, slideShape } from "../../ir/linear/index.ts";
import { native } from "../../native/index.ts";
import { add, addCell, type Draft, misfit, report, weightOf } from "./draft.ts";
import type { NetLayerOf, NetWindow } from "./layer.ts";

const slidingOf = ({ stride, padding, dilation }: NetWindow): Sliding => ({
  strides: stride,
  dilations: dilation,
  pads: padding.map((amount) => [amount, amount] as const),
});

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
  const weight = isPool
    ? integers("weight", [channels, 1, ...kernel], repeated(window.weight.data, channels))
    : weightOf(window.weight);
  const groups = isPool ? channels : window.groups;
  const name = add(
    draft,
    layer,
    `layer${layer}.weight`,
    native.conv(weight, { ...sliding, groups, space }),
    draft.end,
  );
  addCell(draft, layer, { neuron, bias: isPool ? null : window.bias, shape: found }, [name]);
};

const repeated = (data: Float64Array, times: number): Float64Array =>
  Float64Array.from({ length: data.length * times }, (_, i) => data[i % data.length] ?? 0);
