import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  isReadable,
  type OnnxModel,
  type OnnxTensor,
  type OnnxValueInfo,
} from "../../compiler/formats/onnx/decode/index.ts";
import { type Numbers, type Shape, sameShape, sizeOf } from "../../compiler/ir/core/index.ts";
import { type Case, numbersOf, storedTensor } from "./cases.ts";

/**
 * One way to show a test to the importer. The tests feed weights when they run and their data need no batch axis;
 * the importer takes weights from the file and reads a batch of one.
 */
export interface Presentation {
  readonly model: OnnxModel;
  /** Inputs of each run, by name. */
  readonly samples: readonly ReadonlyMap<string, Numbers>[];
  /** Extent of the batch axis that the stored output has and the runs do not; null: there is none. */
  readonly batch: number | null;
}

/** A leading axis of 1 more on the input of these gives one on the output, and changes no number. */
const pointwise: readonly string[] = [
  ...["Add", "Clip", "Div", "Dropout", "Identity", "LeakyRelu", "Mul", "PRelu", "Relu", "Sub", "Sum"],
];

interface Given {
  readonly info: OnnxValueInfo;
  readonly tensor: OnnxTensor;
}

/** Stored inputs in the order of the graph; sequences, optionals and types that are not read are left out. */
const givenIn = ({ model: { graph } }: Case, set: string): readonly Given[] => {
  const initializers = new Set(graph.initializers.map(({ name }) => name));
  return graph.inputs
    .filter(({ name }) => !initializers.has(name))
    .flatMap((info, i) => {
      const file = `input_${i}.pb`;
      if (info.element === null || !isReadable(info.element) || !existsSync(join(set, file))) return [];
      return [{ info, tensor: storedTensor(set, file) }];
    });
};

/** The model with `data` as inputs of the shape that `declared` gives, and all other stored inputs as weights. */
const modelWith = (
  { model }: Case,
  given: readonly Given[],
  data: readonly Given[],
  declared: (shape: Shape) => Shape,
): OnnxModel => {
  const shapes = new Map(data.map(({ info, tensor }) => [info.name, declared(tensor.shape)]));
  const inputs = model.graph.inputs.map((info) => ({ ...info, dims: shapes.get(info.name) ?? info.dims }));
  const weights = given
    .filter((one) => !data.includes(one))
    .map(({ info, tensor }) => ({ ...tensor, name: info.name, file: model.file }));
  return {
    ...model,
    graph: { ...model.graph, inputs, initializers: [...model.graph.initializers, ...weights] },
  };
};

/** Every index of the first axis is a sample. */
const asBatch = (
  test: Case,
  given: readonly Given[],
  data: readonly Given[],
  batch: number,
): Presentation => {
  const tensors = data.map(({ info, tensor }) => ({ name: info.name, ...numbersOf(tensor) }));
  const samples = Array.from(
    { length: batch },
    (_, n) =>
      new Map(
        tensors.map(({ name, shape: [, ...shape], data: all }) => {
          const size = sizeOf(shape);
          return [name, { shape, data: all.slice(n * size, (n + 1) * size) }];
        }),
      ),
  );
  return { model: modelWith(test, given, data, ([, ...shape]) => [1, ...shape]), samples, batch };
};

/** The whole tensor is one sample. */
const asSample = (test: Case, given: readonly Given[], data: readonly Given[]): Presentation => ({
  model: modelWith(test, given, data, (shape) => [1, ...shape]),
  samples: [new Map(data.map(({ info, tensor }) => [info.name, numbersOf(tensor)]))],
  batch: null,
});

/** No batch axis to split: the importer decides. */
const asStored = (test: Case, given: readonly Given[], data: readonly Given[]): Presentation => ({
  model: modelWith(test, given, data, (shape) => shape),
  samples: [new Map()],
  batch: null,
});

/** The first input as data, and all of them when they are alike. */
const choicesOf = (given: readonly Given[]): readonly (readonly Given[])[] => {
  const [first, ...rest] = given;
  if (first === undefined) return [[]];
  const alike = rest.every(
    ({ info, tensor }) => info.element === first.info.element && sameShape(tensor.shape, first.tensor.shape),
  );
  return rest.length > 0 && alike ? [[first], given] : [[first]];
};

/** All ways in which one set of stored inputs can be shown; the first one is the usual one. */
export const presentationsOf = (test: Case, set: string): readonly Presentation[] => {
  const given = givenIn(test, set);
  const lifts = test.ops.every((op) => pointwise.includes(op));
  return choicesOf(given).flatMap((data) => {
    const batch = data[0]?.tensor.shape[0] ?? 0;
    const plain = batch > 0 ? asBatch(test, given, data, batch) : asStored(test, given, data);
    return lifts && batch !== 1 && data.length > 0 ? [plain, asSample(test, given, data)] : [plain];
  });
};
