import { showShape, sizeOf } from "../../ir/core/index.ts";
import { native } from "../../native/index.ts";
import { delayedParts } from "./delays.ts";
import { add, addCell, constant, type Draft, misfit, report, weightOf } from "./draft.ts";
import type { NetLayerOf } from "./layer.ts";

export const addDense = (draft: Draft, layer: number, dense: NetLayerOf<"dense">): void => {
  const { weight, recurrent, delay, size, bias, neuron } = dense;
  const columns = weight.shape[1] ?? 1;
  if (!draft.flat)
    report(
      draft,
      layer,
      `it reads a list, and ${showShape(draft.shape)} comes in`,
      "put a flatten block before it",
    );
  else if (sizeOf(draft.shape) !== columns)
    report(
      draft,
      layer,
      `it reads ${columns} values, ${sizeOf(draft.shape)} come in`,
      "check inFeatures and what stands before it",
    );
  const name = `layer${layer}`;
  const parts = delay === null ? null : delayedParts(weight, delay);
  if (delay !== null && parts === null)
    misfit(
      draft,
      layer,
      "delay",
      `its shape is ${showShape(delay.shape)}`,
      `one number, ${size}, ${columns} or ${size}x${columns}`,
    );
  const from =
    parts === null
      ? [add(draft, layer, `${name}.weight`, native.affine(weightOf(weight)), draft.end)]
      : parts.map(({ steps, map }) => {
          const late = native.delay(constant(steps), "steps");
          const source =
            steps === 0 ? draft.end : add(draft, layer, `${name}.delay${steps}`, late, draft.end);
          return add(draft, layer, `${name}.weight${steps}`, native.linear(map), source);
        });
  if (recurrent === null) return addCell(draft, layer, { neuron, bias, shape: [size] }, from);
  const loop = add(draft, layer, `${name}.loop`, native.affine(weightOf(recurrent)), name);
  addCell(draft, layer, { neuron, bias, shape: [size] }, [...from, loop]);
};
