import {
  type Attr,
  type Draft,
  demand,
  IllTyped,
  isList,
  isStruct,
  item,
  type Level,
  maker,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
} from "../core/index.ts";
import { faultsOf, joinedShape, pooledShape } from "../linear/index.ts";
import { channelsOf } from "./level-function.ts";
import { type Integer, type IntegerType, integerOps } from "./ops.ts";

const scaleFits = (scale: readonly number[], shape: Shape): void =>
  demand(
    scale.length === 1 || scale.length === (shape[0] ?? 1),
    () => `${scale.length} scales do not fit ${showShape(shape)}`,
  );

const inputType = ({ attrs }: Draft<Integer, "input">): IntegerType => {
  scaleFits(attrs.scale, attrs.shape);
  demand(attrs.low < attrs.high, () => `low ${attrs.low} is not below high ${attrs.high}`);
  return { shape: attrs.shape, scale: attrs.scale };
};

const linearType = ({ inputs: [x], attrs: { map, bias, scale } }: Draft<Integer, "linear">): IntegerType => {
  const [fault] = faultsOf(map);
  if (fault !== undefined) throw new IllTyped(fault);
  demand(
    sameShape(map.from, x.type.shape),
    () => `a map from ${showShape(map.from)} does not take ${showShape(x.type.shape)}`,
  );
  scaleFits(scale, map.to);
  const entries = bias === null ? 1 : sizeOf(bias.shape);
  demand(
    entries === 1 || entries === (map.to[0] ?? 1) || entries === sizeOf(map.to),
    () => `${entries} biases do not fit ${showShape(map.to)}`,
  );
  return { shape: map.to, scale };
};

const addType = ({ inputs }: Draft<Integer, "add">): IntegerType => {
  const first = item(inputs, 0).type;
  for (const { type } of inputs)
    demand(
      sameShape(type.shape, first.shape),
      () => `cannot add ${showShape(first.shape)} and ${showShape(type.shape)}`,
    );
  return first;
};

const neuronType = ({ inputs: [x], attrs: { fn, scale } }: Draft<Integer, "neuron">): IntegerType => {
  const channels = channelsOf(fn);
  demand(
    channels === 1 || channels === (x.type.shape[0] ?? 1),
    () => `${channels} thresholds do not fit ${showShape(x.type.shape)}`,
  );
  scaleFits(scale, x.type.shape);
  return { shape: x.type.shape, scale };
};

const poolType = ({ inputs: [x], attrs }: Draft<Integer, "maxPool">): IntegerType => ({
  shape: pooledShape(x.type.shape, attrs),
  scale: x.type.scale,
});

/** Scales of joined values: one for all when they agree, else one per channel of axis 0. */
const joinedScale = (types: readonly IntegerType[], axis: number): readonly number[] => {
  const first = item(types, 0).scale;
  if (types.every(({ scale }) => scale.length === 1 && scale[0] === first[0])) return first;
  if (axis !== 0) return first;
  return types.flatMap(({ scale, shape }) =>
    Array.from({ length: item(shape, 0) }, (_, c) => scale[c] ?? item(scale, 0)),
  );
};

const concatType = ({ inputs, attrs: { axis } }: Draft<Integer, "concat">): IntegerType => {
  const types = inputs.map((x) => x.type);
  const shape = joinedShape(
    types.map((t) => t.shape),
    axis,
  );
  return { shape, scale: joinedScale(types, axis) };
};

const isNumbers = (v: unknown): v is readonly number[] =>
  Array.isArray(v) && v.every((n) => typeof n === "number");

const isIntegerType = (v: unknown): v is IntegerType =>
  typeof v === "object" &&
  v !== null &&
  "shape" in v &&
  "scale" in v &&
  isNumbers(v.shape) &&
  isNumbers(v.scale);

const integerType: Attr<IntegerType> = {
  says: "an integer type",
  is: isIntegerType,
  toTree: ({ shape, scale }) => ({
    kind: "int",
    fields: new Map([
      ["shape", shape],
      ["scale", scale],
    ]),
  }),
  fromTree: (tree) => {
    const fields = isStruct(tree) && !isList(tree) ? tree.fields : new Map();
    const found = { shape: fields.get("shape"), scale: fields.get("scale") };
    if (!isIntegerType(found)) throw new IllTyped("expected an integer type");
    return found;
  },
};

/** The integer level: S = A x + b, q = fn(S); scales are annotations that no equation reads. */
export const integerLevel: Level<Integer> = {
  name: "integer",
  ops: integerOps,
  type: integerType,
  typeOf: {
    input: inputType,
    linear: linearType,
    add: addType,
    neuron: neuronType,
    maxPool: poolType,
    concat: concatType,
  },
};

export const makeInteger = maker(integerLevel);
