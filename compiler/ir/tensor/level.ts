import { type Attr, IllTyped, isStruct, type Level, maker } from "../core/index.ts";
import { f32 } from "./infer.ts";
import * as layers from "./layer-types.ts";
import { type Tensor, type TensorType, tensorOps } from "./ops.ts";
import * as values from "./value-types.ts";
import * as views from "./view-types.ts";

const dtypes = ["f32", "i64", "bool"] as const;

const isTensorType = (v: unknown): v is TensorType =>
  typeof v === "object" &&
  v !== null &&
  "dtype" in v &&
  "shape" in v &&
  dtypes.some((d) => d === v.dtype) &&
  Array.isArray(v.shape);

const tensorType: Attr<TensorType> = {
  says: "a tensor type",
  is: isTensorType,
  toTree: ({ dtype, shape }) => ({ kind: dtype, fields: new Map([["shape", shape]]) }),
  fromTree: (tree) => {
    const found = isStruct(tree) ? { dtype: tree.kind, shape: tree.fields.get("shape") } : tree;
    if (!isTensorType(found)) throw new IllTyped("expected a tensor type");
    return found;
  },
};

/** The tensor level: floats, one sample, channels first. */
export const tensorLevel: Level<Tensor> = {
  name: "tensor",
  ops: tensorOps,
  type: tensorType,
  typeOf: {
    input: ({ attrs }) => ({ dtype: attrs.dtype, shape: attrs.shape }),
    constant: ({ attrs }) => ({ dtype: attrs.dtype, shape: attrs.value.shape }),
    opaque: ({ attrs }) => ({ dtype: attrs.dtype, shape: attrs.shape }),
    dense: layers.denseType,
    conv: layers.convType,
    convTranspose: layers.convTransposeType,
    batchNorm: layers.perChannel,
    affine: layers.affineType,
    prelu: layers.preluType,
    recurrent: layers.recurrentType,
    quantize: (draft) => ({ dtype: "i64", shape: values.scalesFit(draft) }),
    dequantize: (draft) => f32(values.scalesFit(draft)),
    steps: values.stepsType,
    unary: values.unaryType,
    add: values.addType,
    binary: values.binaryType,
    select: values.selectType,
    cast: values.castType,
    matmul: values.matmulType,
    softmax: values.softmaxType,
    normalize: values.normalizeType,
    maxPool: layers.poolType,
    averagePool: layers.poolType,
    reduce: values.reduceType,
    argmax: values.argmaxType,
    topK: values.topKType,
    reshape: views.reshapeType,
    transpose: views.transposeType,
    slice: views.sliceType,
    expand: views.expandType,
    pad: views.padType,
    concat: views.concatType,
    resample: views.resampleType,
    gather: views.gatherType,
    scatter: views.scatterType,
  },
};

export const makeTensor = maker(tensorLevel);
