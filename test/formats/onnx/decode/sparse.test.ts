import { expect, test } from "vitest";
import {
  decodeModel,
  type OnnxTensor,
  tensorValues,
} from "../../../../compiler/formats/onnx/decode/index.ts";
import { codesOf } from "../../../rejected.ts";
import { bytesField, concat, floatBytes, int, message, model, packed, tensor, text } from "./encode.ts";

interface Spec {
  readonly dims: readonly number[];
  readonly values: readonly number[];
  readonly indices: readonly number[];
  readonly shape?: readonly number[];
}

const sparseFields = ({ dims, values, indices, shape = [indices.length] }: Spec): Uint8Array =>
  concat(
    message(1, tensor("s", 1, [values.length]), bytesField(9, floatBytes(...values))),
    message(2, tensor("i", 7, shape), packed(7, ...indices)),
    packed(3, ...dims),
  );

const read = (spec: Spec): OnnxTensor => {
  const [found] = decodeModel(model(message(15, sparseFields(spec))), "m.onnx").graph.initializers;
  if (found === undefined) throw new Error("no initializer");
  return found;
};

const valuesOf = (spec: Spec): readonly number[] => [...tensorValues(read(spec)).data];
const decodeCodes = (spec: Spec) => codesOf(() => read(spec));
const valueCodes = (spec: Spec) => codesOf(() => tensorValues(read(spec)));

test("a sparse initializer is a tensor named as its values, with zeros elsewhere", () => {
  const found = read({ dims: [2, 3], values: [5, 7], indices: [1, 5] });
  expect([found.name, found.element, found.shape]).toEqual(["s", "FLOAT", [2, 3]]);
  expect(tensorValues(found)).toEqual({
    shape: [2, 3],
    dtype: "f32",
    data: Float64Array.of(0, 5, 0, 0, 0, 7),
  });
});

test("indices of one row an entry mean the same as flat ones", () => {
  expect(valuesOf({ dims: [2, 3], values: [5, 7], indices: [0, 1, 1, 2], shape: [2, 2] })).toEqual([
    0, 5, 0, 0, 0, 7,
  ]);
});

test("a sparse tensor without entries is all zeros", () => {
  expect(valuesOf({ dims: [3], values: [], indices: [] })).toEqual([0, 0, 0]);
  const bare = message(15, message(1, tensor("s", 1, [0])), packed(3, 2));
  const [found] = decodeModel(model(bare), "m.onnx").graph.initializers;
  expect(found === undefined ? null : [...tensorValues(found).data]).toEqual([0, 0]);
});

test("a sparse attribute is a tensor attribute", () => {
  const spec = { dims: [2], values: [3], indices: [1] };
  const node = message(1, message(5, text(1, "sparse_value"), message(22, sparseFields(spec)), int(20, 11)));
  const found = decodeModel(model(node), "m.onnx").graph.nodes[0]?.attributes.get("sparse_value");
  expect(found?.kind === "tensor" ? [...tensorValues(found.value).data] : null).toEqual([0, 3]);
});

test("values and indices that do not belong together are refused at decoding", () => {
  const wrong: readonly Spec[] = [
    { dims: [4], values: [1, 2], indices: [0] },
    { dims: [4], values: [1, 2], indices: [0, 1, 2], shape: [3, 1] },
    { dims: [2, 2], values: [1], indices: [0, 0, 0], shape: [1, 3] },
    { dims: [1], values: [1, 2], indices: [0, 1] },
    { dims: [2 ** 12, 2 ** 13], values: [1], indices: [0] },
  ];
  for (const spec of wrong) expect(decodeCodes(spec)).toEqual(["onnx/sparse-tensor"]);
  const float = message(2, tensor("i", 1, [1]), bytesField(9, floatBytes(0)));
  const values = message(1, tensor("s", 1, [1]), bytesField(9, floatBytes(1)));
  const odd = [concat(values, float, packed(3, 1)), concat(values, packed(3, 1))];
  for (const fields of odd)
    expect(codesOf(() => decodeModel(model(message(15, fields)), "m.onnx"))).toEqual(["onnx/sparse-tensor"]);
  expect(codesOf(() => decodeModel(model(message(15, packed(3, 1))), "m.onnx"))).toEqual(["onnx/malformed"]);
});

test("an index outside the shape, or not after the one before, is refused with the values", () => {
  expect(valueCodes({ dims: [4], values: [1], indices: [4] })).toEqual(["onnx/sparse-tensor"]);
  expect(valueCodes({ dims: [4], values: [1], indices: [-1] })).toEqual(["onnx/sparse-tensor"]);
  expect(valueCodes({ dims: [4], values: [1, 2], indices: [2, 2] })).toEqual(["onnx/sparse-tensor"]);
  expect(valueCodes({ dims: [4], values: [1, 2], indices: [3, 1] })).toEqual(["onnx/sparse-tensor"]);
  expect(valueCodes({ dims: [2, 2], values: [1], indices: [0, 2], shape: [1, 2] })).toEqual([
    "onnx/sparse-tensor",
  ]);
});

test("many tiny sparse tensors cannot stand for more than all of them may", () => {
  const one = message(15, sparseFields({ dims: [2 ** 12, 2 ** 12], values: [1], indices: [0] }));
  const codes = (count: number) =>
    codesOf(() => decodeModel(model(...Array.from({ length: count }, () => one)), "m.onnx"));
  expect([codes(2), codes(3)]).toEqual([[], ["onnx/limit"]]);
});
