import { kindFaults } from "../../diagnostics/kind.ts";
import type { Use } from "../body.ts";
import { type Context, placeOf, report } from "../context.ts";
import { computedKind, type Flow, type Layer, type TensorKind, type Turn } from "../layers/layer.ts";

const needs: Readonly<Record<Turn["takes"], string>> = {
  values: "values",
  signal: "a signal or spikes",
  spikes: "spikes",
};

const accepts = ({ takes }: Turn, kind: TensorKind): boolean =>
  takes === kind || (takes === "signal" && kind === "spikes");

const remedyFor = (use: Use, { takes }: Turn, flow: Flow): string => {
  if (takes === "values") return `leave it out: \`${flow.word}\` runs in time already`;
  if (takes === "spikes" && flow.kind === "signal")
    return "read it with `read.mean`, `read.last` or `read.max`, or put neurons before it";
  if (use.name.startsWith("read.")) return "leave it out: values need no read-out";
  if (use.name === "encode.delta")
    return "declare the input `signal[...]`: `delta` sends what changes in time";
  return "make spikes of the values first, for example `-> encode.rate(peak: 200 Hz, time: 100 ms, seed: 1)`";
};

/** True when a layer of the language of time can read `flow`; reported if not. */
export const isTaken = (context: Context, use: Use, { turn }: Layer, flow: Flow): boolean => {
  if (turn === undefined || accepts(turn, flow.kind)) return true;
  const remedy = remedyFor(use, turn, flow);
  const holes = { name: use.name, needs: needs[turn.takes], found: foundAs[flow.kind], remedy };
  report(context, kindFaults.report("input", placeOf(context, use.word), holes));
  return false;
};

const foundAs: Readonly<Record<TensorKind, string>> = {
  values: "values",
  signal: "a signal",
  spikes: "spikes",
};

/** The kind of what a layer gives. */
export const kindGiven = ({ keepsKind, turn }: Layer, input: Flow): TensorKind => {
  if (turn !== undefined) return turn.gives === "kept" ? input.kind : turn.gives;
  return keepsKind === true ? input.kind : computedKind([input]);
};
