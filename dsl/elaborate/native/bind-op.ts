import { valuesOf, type Weight } from "../../../compiler/ir/core/index.ts";
import type { NativeOp, NeuronParameters } from "../../../compiler/native/index.ts";
import type { Parameter } from "../store.ts";
import { fitsParameter, type WeightFile } from "../weights/check.ts";

interface Binding {
  readonly file: WeightFile;
  readonly parameters: ReadonlyMap<Weight, Parameter>;
  readonly weights: Map<Weight, Weight>;
}

/** What a file has of a weight that is computed from another one, place by place. */
const baseOf = ({ parameters }: Binding, placeholder: Weight): Weight => {
  const source = parameters.get(placeholder)?.source;
  return source?.kind === "derived" && source.base !== null ? source.base : placeholder;
};

const differs = (a: number, b: number): boolean =>
  Math.abs(a - b) > 1e-6 * Math.max(Math.abs(a), Math.abs(b));

/** What a file says where the program says a number; empty when it is the same to seven digits. */
const compared = (
  name: string,
  own: Weight,
  found: Weight | null,
  usual: number | null,
): readonly string[] => {
  const there = found === null ? null : valuesOf(found);
  const values = there ?? (usual === null ? [] : [usual]);
  const other = [...values].find((value) => valuesOf(own).some((x) => differs(x, value)));
  if (other === undefined) return [];
  return [`has ${name} ${valuesOf(own)[0]}, there it is ${other}: write \`${name}: stored\``];
};

/** Takes the weight of the file where the program leaves it open, and compares it where it does not. */
const bind = (
  binding: Binding,
  name: string,
  own: Weight | null,
  found: Weight | null,
  usual: number | null = null,
): readonly string[] => {
  if (own === null) return [];
  const placeholder = baseOf(binding, own);
  const parameter = binding.parameters.get(placeholder);
  if (parameter === undefined) return compared(name, own, found, usual);
  if (parameter.source.kind !== "weights" || found === null) return [];
  if (fitsParameter(binding.file, found, placeholder, parameter)) binding.weights.set(placeholder, found);
  return [];
};

const isZero = (w: Weight): boolean => valuesOf(w).every((x) => x === 0);

const bindBias = (binding: Binding, own: Weight | null, found: Weight | null): readonly string[] => {
  if (own !== null && found === null) return ["has a bias, there it has none: write `bias: none`"];
  if (own === null && found !== null && !isZero(found)) return ["has `bias: none`, there it has a bias"];
  return bind(binding, "bias", own, found);
};

const bindNeuron = (binding: Binding, own: NeuronParameters, found: NeuronParameters): readonly string[] => [
  ...bind(binding, "tau_syn", own.tauSyn, found.tauSyn),
  ...bind(binding, "w_in", own.wIn, found.wIn, 1),
  ...bind(binding, own.tauSyn === null ? "tau" : "tau_mem", own.tauMem, found.tauMem),
  ...bind(binding, "r", own.r, found.r, 1),
  ...bind(binding, "v_leak", own.vLeak, found.vLeak, 0),
  ...bind(binding, "v_threshold", own.threshold, found.threshold),
  ...bind(binding, "v_reset", own.vReset, found.vReset, 0),
];

/** Binds the weights of two nodes that do the same. Returns what is not the same in both. */
export const bindOp = (binding: Binding, own: NativeOp, found: NativeOp): readonly string[] => {
  if ((own.kind === "affine" || own.kind === "conv") && found.kind === own.kind)
    return [...bind(binding, "weight", own.weight, found.weight), ...bindBias(binding, own.bias, found.bias)];
  if (own.kind === "neuron" && found.kind === "neuron")
    return bindNeuron(binding, own.parameters, found.parameters);
  if (own.kind === "scale" && found.kind === "scale")
    return bind(binding, "factor", own.factor, found.factor);
  if (own.kind === "threshold" && found.kind === "threshold")
    return bind(binding, "threshold", own.threshold, found.threshold);
  if (own.kind === "delay" && found.kind === "delay") return bind(binding, "time", own.time, found.time);
  return [];
};
