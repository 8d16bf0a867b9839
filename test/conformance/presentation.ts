import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  isReadable,
  type OnnxModel,
  type OnnxTensor,
  type OnnxValueInfo,
} from "../../compiler/formats/onnx/decode/index.ts";
import { type Numbers, sameShape } from "../../compiler/ir/core/index.ts";
import { type Case, numbersOf, storedTensor } from "./cases.ts";

/** One way to show a test to the importer: some stored inputs as data, the others as weights of the file. */
export interface Presentation {
  readonly model: OnnxModel;
  /** Inputs of the run, by name, in the shape that the file states. */
  readonly data: ReadonlyMap<string, Numbers>;
}

interface Given {
  readonly info: OnnxValueInfo;
  readonly tensor: OnnxTensor;
}

/** Stored inputs in the order of the graph; types that are not read are left out. */
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

const presented = ({ model }: Case, given: readonly Given[], data: readonly Given[]): Presentation => {
  const shapes = new Map(data.map(({ info, tensor }) => [info.name, tensor.shape]));
  const inputs = model.graph.inputs.map((info) => ({ ...info, dims: shapes.get(info.name) ?? info.dims }));
  const weights = given
    .filter((one) => !data.includes(one))
    .map(({ info, tensor }) => ({ ...tensor, name: info.name, file: model.file }));
  const initializers = [...model.graph.initializers, ...weights];
  return {
    model: { ...model, graph: { ...model.graph, inputs, initializers } },
    data: new Map(data.map(({ info, tensor }) => [info.name, numbersOf(tensor)])),
  };
};

/** The first input as data, all of them when they are alike, and none: operators like Range read constants only. */
const choicesOf = (given: readonly Given[]): readonly (readonly Given[])[] => {
  const [first, ...rest] = given;
  if (first === undefined) return [[]];
  const alike = rest.every(
    ({ info, tensor }) => info.element === first.info.element && sameShape(tensor.shape, first.tensor.shape),
  );
  return rest.length > 0 && alike ? [[first], given, []] : [[first], []];
};

/** All ways in which one set of stored inputs is shown, the usual one first. */
export const presentationsOf = (test: Case, set: string): readonly Presentation[] => {
  const given = givenIn(test, set);
  return choicesOf(given).map((data) => presented(test, given, data));
};
