import type { TensorGraph, TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { timeFaults } from "../../diagnostics/time.ts";
import type { Network } from "../../syntax.ts";
import { type Context, placeOf, report } from "../context.ts";
import type { Flow, TensorKind } from "../layers/layer.ts";
import type { Store } from "../store.ts";
import type { StandIn } from "./part.ts";

/** An output of a network that runs in time. */
export interface StreamOutput {
  readonly name: string;
  readonly value: TensorNode;
  readonly kind: TensorKind;
}

/** A network as its statements built it: tensors, with inputs that stand in for what keeps a state. */
export interface TimeDraft {
  readonly name: string;
  readonly inputs: readonly StandIn[];
  readonly outputs: readonly StreamOutput[];
  readonly store: Store;
}

/** True when something in a network needs time. */
export const runsInTime = ({ parts }: Store, inputs: readonly Flow[]): boolean =>
  parts.size > 0 || inputs.some(({ kind }) => kind !== "values");

/** A network that runs in time says its step. Faults are reported. */
export const checkStep = (context: Context, { name }: Network, { clock }: Store): void => {
  // A step that was refused is no step that is missing.
  if (clock.step === null && clock.said?.word !== "step")
    report(context, timeFaults.report("step", placeOf(context, name.span), { network: name.text }));
};

/** A network that does not run in time says no step and no rule. Faults are reported. */
export const checkStill = (context: Context, { name }: Network, { clock: { said } }: Store): void => {
  if (said === null) return;
  const holes = { word: said.word, network: name.text };
  report(context, timeFaults.report("still", placeOf(context, said.span), holes));
};

/** The graph of tensors, as far as one sample is one value. */
export const graphOfDraft = ({ name, inputs, outputs }: TimeDraft): TensorGraph => ({
  name,
  inputs,
  outputs: outputs.map(({ name: output, value }) => ({ name: output, value })),
});
