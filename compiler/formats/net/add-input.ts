import { atNode } from "../../diagnostics/index.ts";
import { native } from "../../native/index.ts";
import { cellOf, valueUnit } from "./cells.ts";
import { netDiagnostics } from "./diagnostics.ts";
import { add, checkEntries, constant, type Draft, isList } from "./draft.ts";
import type { NetLayerOf } from "./layer.ts";

/** Neurons that send changes get the change of what comes in: what comes, less what came a step before. */
const addChanges = (draft: Draft, unit: number): readonly string[] => [
  add(draft, 0, "layer0.now", native.scale(constant(unit)), "input"),
  add(
    draft,
    0,
    "layer0.gone",
    native.scale(constant(-unit)),
    add(draft, 0, "layer0.before", native.delay(constant(1), "steps"), "input"),
  ),
];

export const addInput = (
  draft: Draft,
  { shape, neuron, weight, bias }: NetLayerOf<"input">,
  encode: boolean,
): void => {
  draft.end = add(draft, 0, "input", native.input(shape));
  draft.shape = shape;
  draft.flat = isList(shape);
  if (neuron === null || !encode) return;
  const from = neuron.kind === "cuba" ? ["input"] : addChanges(draft, valueUnit(draft.spikeExponent));
  checkEntries(draft, 0, { neuron, bias: null, shape });
  draft.depth++;
  draft.end = add(draft, 0, "layer0", cellOf(neuron, null, 1, draft.spikeExponent, true), ...from);
  if (neuron.kind === "cuba")
    draft.notes.push(netDiagnostics.report("input-values", atNode("layer/0", draft.file), { weight, bias }));
};
