import {
  type Attr,
  type Draft,
  demand,
  IllTyped,
  isStruct,
  item,
  type Level,
  maker,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
} from "../core/index.ts";
import { joinedShape, pooledShape, slideShape } from "../linear/index.ts";
import { type Tensor, type TensorType, tensorOps } from "./ops.ts";

const f32 = (shape: Shape): TensorType => ({ dtype: "f32", shape });

const shapeOf = (draft: { readonly inputs: readonly [{ readonly type: TensorType }] }): Shape =>
  draft.inputs[0].type.shape;

const vectorFits = (name: string, length: number, wanted: number): void =>
  demand(length === wanted, () => `${name} has ${length} entries, ${wanted} are needed`);

const biasFits = (draft: Draft<Tensor, "dense" | "conv">, channels: number): void => {
  if (draft.attrs.bias !== null) vectorFits("the bias", sizeOf(draft.attrs.bias.shape), channels);
};

const denseType = (draft: Draft<Tensor, "dense">): TensorType => {
  const from = shapeOf(draft);
  const { shape } = draft.attrs.weight;
  demand(shape.length === 2, () => `dense weights are [out, in], these are ${showShape(shape)}`);
  demand(
    from.length > 0 && from[from.length - 1] === shape[1],
    () => `dense weights ${showShape(shape)} do not fit input ${showShape(from)}`,
  );
  biasFits(draft, item(shape, 0));
  return f32([...from.slice(0, -1), item(shape, 0)]);
};

const convType = (draft: Draft<Tensor, "conv">): TensorType => {
  const from = shapeOf(draft);
  const { weight, groups } = draft.attrs;
  const { shape } = weight;
  demand(
    shape.length === from.length + 1 && from.length >= 2,
    () => `conv weights ${showShape(shape)} do not fit input ${showShape(from)}`,
  );
  demand(
    groups >= 1 && item(shape, 1) * groups === from[0],
    () =>
      `conv weights ${showShape(shape)} in ${groups} groups read ${item(shape, 1) * groups} channels, the input has ${from[0]}`,
  );
  demand(
    item(shape, 0) % groups === 0,
    () => `${item(shape, 0)} output channels do not divide into ${groups} groups`,
  );
  biasFits(draft, item(shape, 0));
  const space = slideShape(from.slice(1), shape.slice(2), draft.attrs);
  demand(
    space.every((extent) => extent >= 1),
    () => `a ${shape.slice(2).join("x")} kernel does not fit into ${showShape(from)}`,
  );
  return f32([item(shape, 0), ...space]);
};

const poolType = (draft: Draft<Tensor, "maxPool" | "averagePool">): TensorType =>
  f32(pooledShape(draft.inputs[0].type.shape, draft.attrs));

const perChannel = (draft: Draft<Tensor, "batchNorm">): TensorType => {
  const from = shapeOf(draft);
  const { scale, shift, mean, variance } = draft.attrs;
  for (const w of [scale, shift, mean, variance]) vectorFits(w.name, sizeOf(w.shape), from[0] ?? 1);
  return draft.inputs[0].type;
};

const affineType = (draft: Draft<Tensor, "affine">): TensorType => {
  const from = shapeOf(draft);
  const fits = (n: number): boolean => n === 1 || n === from[0] || n === sizeOf(from);
  for (const w of [draft.attrs.scale, draft.attrs.shift]) {
    if (w !== null)
      demand(
        fits(sizeOf(w.shape)),
        () => `${w.name} has ${sizeOf(w.shape)} entries, 1, ${from[0]} or ${sizeOf(from)} are needed`,
      );
  }
  return draft.inputs[0].type;
};

const scalesFit = (draft: Draft<Tensor, "quantize" | "dequantize">): Shape => {
  const from = draft.inputs[0].type.shape;
  const { scale, zero, axis } = draft.attrs;
  for (const list of [scale, zero])
    demand(
      list.length === 1 || list.length === from[axis],
      () => `${list.length} scales do not fit axis ${axis} of ${showShape(from)}`,
    );
  return from;
};

const allEqual = (draft: Draft<Tensor, "add">): TensorType => {
  const first = item(draft.inputs, 0).type;
  for (const { type } of draft.inputs)
    demand(
      sameShape(type.shape, first.shape),
      () => `cannot add ${showShape(first.shape)} and ${showShape(type.shape)}`,
    );
  return first;
};

const concatType = (draft: Draft<Tensor, "concat">): TensorType =>
  f32(
    joinedShape(
      draft.inputs.map((x) => x.type.shape),
      draft.attrs.axis,
    ),
  );

const transposeType = (draft: Draft<Tensor, "transpose">): TensorType => {
  const from = shapeOf(draft);
  const { order } = draft.attrs;
  const sorted = [...order].sort((a, b) => a - b);
  demand(
    order.length === from.length && sorted.every((axis, i) => axis === i),
    () => `${showShape(order)} does not permute ${showShape(from)}`,
  );
  return { ...draft.inputs[0].type, shape: order.map((axis) => item(from, axis)) };
};

const reshapeType = (draft: Draft<Tensor, "reshape">): TensorType => {
  const { shape } = draft.attrs;
  demand(
    sizeOf(shape) === sizeOf(shapeOf(draft)),
    () => `${showShape(shapeOf(draft))} does not reshape to ${showShape(shape)}`,
  );
  return { ...draft.inputs[0].type, shape };
};

const axisType = (draft: Draft<Tensor, "softmax">): TensorType => {
  demand(
    draft.attrs.axis >= 0 && draft.attrs.axis < shapeOf(draft).length,
    () => `axis ${draft.attrs.axis} is outside ${showShape(shapeOf(draft))}`,
  );
  return draft.inputs[0].type;
};

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
    constant: ({ attrs }) => f32(attrs.value.shape),
    opaque: ({ attrs }) => ({ dtype: attrs.dtype, shape: attrs.shape }),
    dense: denseType,
    conv: convType,
    batchNorm: perChannel,
    affine: affineType,
    quantize: (draft) => ({ dtype: "i64", shape: scalesFit(draft) }),
    dequantize: (draft) => f32(scalesFit(draft)),
    unary: ({ inputs: [x] }) => x.type,
    add: allEqual,
    softmax: axisType,
    maxPool: poolType,
    averagePool: poolType,
    reshape: reshapeType,
    transpose: transposeType,
    concat: concatType,
  },
};

export const makeTensor = maker(tensorLevel);
