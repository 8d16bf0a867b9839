import { quoteName } from "../../diagnostics/index.ts";
import type { Fields } from "../hdf5/index.ts";
import type { NirNodeOf, NirParameters, NirType, Padding } from "./graph.ts";

/** A number, or one of the words `same` and `valid`. */
const padding = <T>(f: Fields, amount: (field: string) => T): Padding<T> => {
  const word = f.word("padding");
  if (word === null) return amount("padding");
  if (word === "same" || word === "valid") return word;
  f.bad("padding", `it is "${quoteName(word)}"`, '"same", "valid" or numbers');
  return "valid";
};

const convolution = {
  conv1d: (f: Fields): NirParameters["Conv1d"] => ({
    inputShape: f.has("input_shape") ? f.int("input_shape", 1) : null,
    weight: f.array("weight"),
    bias: f.array("bias"),
    stride: f.int("stride", 1, 1),
    padding: padding(f, (field) => f.int(field, 0, 0)),
    dilation: f.int("dilation", 1, 1),
    groups: f.int("groups", 1, 1),
  }),
  conv2d: (f: Fields): NirParameters["Conv2d"] => ({
    inputShape: f.optionalPair("input_shape", 1),
    weight: f.array("weight"),
    bias: f.array("bias"),
    stride: f.pair("stride", 1, 1),
    padding: padding(f, (field) => f.pair(field, 0, 0)),
    dilation: f.pair("dilation", 1, 1),
    groups: f.int("groups", 1, 1),
  }),
};

const pooling = (f: Fields): NirParameters["SumPool2d"] => ({
  kernelSize: f.pair("kernel_size", 1),
  stride: f.pair("stride", 1),
  padding: f.pair("padding", 0, 0),
});

const leaky = (f: Fields): NirParameters["LI"] => ({
  tau: f.positive("tau"),
  r: f.array("r"),
  vLeak: f.array("v_leak"),
});

const spiking = (f: Fields): Pick<NirParameters["IF"], "vThreshold" | "vReset"> => ({
  vThreshold: f.array("v_threshold"),
  vReset: f.optionalArray("v_reset"),
});

const one = { shape: [1], dtype: "f64", data: Float64Array.of(1) } as const;

const current = (f: Fields): NirParameters["CubaLI"] => ({
  tauSyn: f.positive("tau_syn"),
  tauMem: f.positive("tau_mem"),
  r: f.array("r"),
  vLeak: f.array("v_leak"),
  wIn: f.optionalArray("w_in") ?? one,
});

/** Reads a node of each type but the nested graph; says what stands for a field that is not there. */
export const readNode: {
  readonly [K in Exclude<NirType, "NIRGraph">]: (f: Fields, name: string) => NirNodeOf<K>;
} = {
  Input: (f, name) => ({ type: "Input", name, shape: f.shape("shape") }),
  Output: (f, name) => ({ type: "Output", name, shape: f.shape("shape") }),
  Affine: (f, name) => ({ type: "Affine", name, weight: f.array("weight"), bias: f.array("bias") }),
  Linear: (f, name) => ({ type: "Linear", name, weight: f.array("weight") }),
  Scale: (f, name) => ({ type: "Scale", name, scale: f.array("scale") }),
  Conv1d: (f, name) => ({ type: "Conv1d", name, ...convolution.conv1d(f) }),
  Conv2d: (f, name) => ({ type: "Conv2d", name, ...convolution.conv2d(f) }),
  SumPool2d: (f, name) => ({ type: "SumPool2d", name, ...pooling(f) }),
  AvgPool2d: (f, name) => ({ type: "AvgPool2d", name, ...pooling(f) }),
  Flatten: (f, name) => ({
    type: "Flatten",
    name,
    startDim: f.int("start_dim", -8, 1),
    endDim: f.int("end_dim", -8, -1),
    inputType: f.optionalShape("input_type"),
  }),
  Delay: (f, name) => ({ type: "Delay", name, delay: f.array("delay") }),
  Threshold: (f, name) => ({ type: "Threshold", name, threshold: f.array("threshold") }),
  I: (f, name) => ({ type: "I", name, r: f.array("r") }),
  LI: (f, name) => ({ type: "LI", name, ...leaky(f) }),
  IF: (f, name) => ({ type: "IF", name, r: f.array("r"), ...spiking(f) }),
  LIF: (f, name) => ({ type: "LIF", name, ...leaky(f), ...spiking(f) }),
  CubaLI: (f, name) => ({ type: "CubaLI", name, ...current(f) }),
  CubaLIF: (f, name) => ({ type: "CubaLIF", name, ...current(f), ...spiking(f) }),
};
