import type { Shape } from "../../ir/core/index.ts";
import type { H5Content, H5Leaf } from "../hdf5/index.ts";
import type { NirArray, NirNodeOf, NirParameters, NirType, Padding } from "./graph.ts";

type Fields = Readonly<Record<string, H5Content>>;

/** Parameters are written in single precision: every reader takes that. */
const array = ({ shape, data }: NirArray): H5Leaf => ({
  shape,
  values: { kind: "numbers", dtype: "f32", data },
});

const wholes = (list: readonly number[]): H5Leaf => ({
  shape: [list.length],
  values: { kind: "numbers", dtype: "i64", data: Float64Array.from(list) },
});

const whole = (value: number): H5Leaf => ({
  shape: [],
  values: { kind: "numbers", dtype: "i64", data: Float64Array.of(value) },
});

export const text = (value: string): H5Leaf => ({ shape: [], values: { kind: "texts", data: [value] } });

export const number = (value: number): H5Leaf => ({
  shape: [],
  values: { kind: "numbers", dtype: "f64", data: Float64Array.of(value) },
});

const padding = <T extends number | readonly number[]>(
  value: Padding<T>,
  amount: (value: T) => H5Leaf,
): H5Leaf => {
  if (typeof value === "string") return text(value);
  return amount(value);
};

const optional = <T>(key: string, value: T | null, leaf: (value: T) => H5Leaf): Fields =>
  value === null ? {} : { [key]: leaf(value) };

const pooling = ({ kernelSize, stride, padding: pads }: NirParameters["SumPool2d"]): Fields => ({
  kernel_size: wholes(kernelSize),
  stride: wholes(stride),
  padding: wholes(pads),
});

const leaky = ({ tau, r, vLeak }: NirParameters["LI"]): Fields => ({
  tau: array(tau),
  r: array(r),
  v_leak: array(vLeak),
});

const current = ({ tauSyn, tauMem, r, vLeak, wIn }: NirParameters["CubaLI"]): Fields => ({
  tau_syn: array(tauSyn),
  tau_mem: array(tauMem),
  r: array(r),
  v_leak: array(vLeak),
  w_in: array(wIn),
});

const zeros = ({ shape, data }: NirArray): NirArray => ({ shape, dtype: "f32", data: data.map(() => 0) });

const spiking = ({ vThreshold, vReset }: Pick<NirParameters["IF"], "vThreshold" | "vReset">): Fields => ({
  v_threshold: array(vThreshold),
  v_reset: array(vReset ?? zeros(vThreshold)),
});

const port = ({ shape }: { readonly shape: Shape }): Fields => ({ shape: wholes(shape) });

/** Fields of each type but the nested graph, by their names in the file. */
const fieldsOf: { readonly [K in Exclude<NirType, "NIRGraph">]: (node: NirNodeOf<K>) => Fields } = {
  Input: port,
  Output: port,
  Affine: ({ weight, bias }) => ({ weight: array(weight), bias: array(bias) }),
  Linear: ({ weight }) => ({ weight: array(weight) }),
  Scale: ({ scale }) => ({ scale: array(scale) }),
  Conv1d: ({ inputShape, weight, bias, stride, padding: pads, dilation, groups }) => ({
    ...optional("input_shape", inputShape, whole),
    weight: array(weight),
    bias: array(bias),
    stride: whole(stride),
    padding: padding(pads, whole),
    dilation: whole(dilation),
    groups: whole(groups),
  }),
  Conv2d: ({ inputShape, weight, bias, stride, padding: pads, dilation, groups }) => ({
    ...optional("input_shape", inputShape, wholes),
    weight: array(weight),
    bias: array(bias),
    stride: wholes(stride),
    padding: padding(pads, wholes),
    dilation: wholes(dilation),
    groups: whole(groups),
  }),
  SumPool2d: pooling,
  AvgPool2d: pooling,
  Flatten: ({ startDim, endDim, inputType }) => ({
    start_dim: whole(startDim),
    end_dim: whole(endDim),
    ...optional("input_type", inputType, wholes),
  }),
  Delay: ({ delay }) => ({ delay: array(delay) }),
  Threshold: ({ threshold }) => ({ threshold: array(threshold) }),
  I: ({ r }) => ({ r: array(r) }),
  LI: leaky,
  IF: ({ r, ...rest }) => ({ r: array(r), ...spiking(rest) }),
  LIF: (node) => ({ ...leaky(node), ...spiking(node) }),
  CubaLI: current,
  CubaLIF: (node) => ({ ...current(node), ...spiking(node) }),
};

export const writtenFields = <K extends Exclude<NirType, "NIRGraph">>(node: NirNodeOf<K>): Fields =>
  fieldsOf[node.type](node);
