import { atNode, type Diagnostic, quoteName } from "../../diagnostics/index.ts";
import type { Fields } from "../hdf5/index.ts";
import { netDiagnostics } from "./diagnostics.ts";
import type { NetNeuron } from "./layer.ts";
import { limits } from "./limits.ts";

/** Where a layer stands, and what there is to say about it. */
export interface Reading {
  readonly file: string;
  /** `layer/3` */
  readonly path: string;
  readonly layer: number;
  readonly faults: Diagnostic[];
  readonly notes: Diagnostic[];
}

/** The neurons of a dense layer that says nothing about them: they keep everything and never fire (NetX: create_dense). */
const silent: NetNeuron = {
  kind: "cuba",
  currentDecay: Float64Array.of(0),
  voltageDecay: Float64Array.of(limits.decay),
  threshold: Float64Array.of(2 ** 17),
};

/** Fields that change what a neuron does, that NetX passes over; with the value at which they say nothing. */
const passedOver: readonly (readonly [field: string, usual: number])[] = [
  ["refDelay", 1],
  ["wgtExp", 0],
  ["weight_exp", 0],
];

const noteUnused = (fields: Fields, { layer, path, file, notes }: Reading): void => {
  for (const [name, usual] of passedOver) {
    const value = fields.optionalArray(name)?.data.find((x) => x !== usual);
    if (value === undefined) continue;
    const holes = { field: `neuron/${name}`, layer, value };
    notes.push(netDiagnostics.report("field-unused", atNode(path, file), holes));
  }
};

const cuba = (fields: Fields, reading: Reading): NetNeuron => {
  const graded = fields.optionalArray("gradedSpike");
  if (graded?.data.some((x) => x !== 0))
    fields.bad(
      "gradedSpike",
      "it is set: NetX of Lava sends plain spikes here",
      "binary spikes, or SDNN neurons",
    );
  noteUnused(fields, reading);
  return {
    kind: "cuba",
    currentDecay: fields.integers("iDecay", 0, limits.decay).data,
    voltageDecay: fields.integers("vDecay", 0, limits.decay).data,
    threshold: fields.integers("vThMant", 0, limits.threshold).data,
  };
};

const sigmaDelta = (fields: Fields): NetNeuron => {
  const activation = fields.word("activation");
  if (activation !== null && activation !== "relu")
    fields.bad("activation", `it is ${quoteName(activation)}: NetX of Lava knows no other than relu`, "relu");
  if (fields.has("sigma_output")) return { kind: "sigma" };
  return { kind: "sigmaDelta", threshold: fields.integers("vThMant", 0, limits.threshold).data };
};

/** The neurons of a layer; null where it has none. */
export const readNeuron = (layer: Fields, reading: Reading): NetNeuron | null => {
  const fields = layer.inside("neuron");
  if (fields === null) return null;
  const type = fields.word("type");
  if (type === "CUBA" || type === "LOIHI") return cuba(fields, reading);
  if (type === "SDNN") return sigmaDelta(fields);
  const holes = { layer: reading.layer, type: quoteName(type ?? "(none)") };
  reading.faults.push(netDiagnostics.report("neuron-type", atNode(reading.path, reading.file), holes));
  return silent;
};

/** The neurons of a layer, or those that NetX takes where a dense layer names none. */
export const neuronOr = (layer: Fields, reading: Reading): NetNeuron => readNeuron(layer, reading) ?? silent;
