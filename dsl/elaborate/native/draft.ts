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

/** A network that runs in time says its step, and no other one does. Faults are reported. */
export const checkClock = (context: Context, { name }: Network, { clock }: Store, inTime: boolean): void => {
  const network = name.text;
  const { said, step } = clock;
  if (!inTime && said !== null)
    report(context, timeFaults.report("still", placeOf(context, said.span), { word: said.word, network }));
  // A step that was refused is no step that is missing.
  if (inTime && step === null && said?.word !== "step")
    report(context, timeFaults.report("step", placeOf(context, name.span), { network }));
};

/** The graph of tensors, as far as one sample is one value. */
export const graphOfDraft = ({ name, inputs, outputs }: TimeDraft): TensorGraph => ({
  name,
  inputs,
  outputs: outputs.map(({ name: output, value }) => ({ name: output, value })),
});
