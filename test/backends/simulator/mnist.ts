import { gunzipSync } from "node:zlib";
import { conversionMode, convert } from "../../../compiler/convert/index.ts";
import { importOnnx } from "../../../compiler/formats/onnx/index.ts";
import type { MachineProgram, Numbers } from "../../../compiler/ir/index.ts";
import { mapNetwork } from "../../../compiler/map/index.ts";
import { plan } from "../../../compiler/pass/index.ts";
import { canonicalize } from "../../../compiler/passes/tensor/canonicalize.ts";
import { quantize } from "../../../compiler/passes/tensor/quantize.ts";
import { splitTail, tensorToInteger } from "../../../compiler/quantize/index.ts";
import type { Backend, ModeName } from "../../../compiler/target/index.ts";
import { dataOf, testContext } from "../../../compiler/testing/index.ts";
import { rounding } from "../../../runtime/kernels/rounding.ts";
import { scalarFunction } from "../../../runtime/tensor/index.ts";
import { repoBytes } from "../../shared-data.ts";

const header = 16;
const pixels = 784;

/** The first pictures of a gzipped IDX file in the examples, as real numbers 0..255 of shape [1, 28, 28]. */
export const exampleImages = (file: string, count: number): readonly Numbers[] => {
  const idx = new Uint8Array(gunzipSync(repoBytes(`examples/mnist/${file}`)));
  return Array.from({ length: count }, (_, i) => ({
    shape: [1, 28, 28],
    data: Float64Array.from(idx.subarray(header + pixels * i, header + pixels * (i + 1))),
  }));
};

/** mnist-cntk, quantized on 16 images and mapped to the cores of a target. */
export const mnistProgram = (mode: ModeName, backend: Pick<Backend, "target" | "cost">): MachineProgram => {
  const graph = importOnnx(repoBytes("examples/mnist/mnist-cntk.onnx"), "mnist-cntk.onnx");
  const [name] = graph.inputs.map((input) => input.attrs.name);
  const samples = exampleImages("train-512-images.gz", 16).map((image) => ({
    inputs: new Map([[name ?? "", image]]),
    label: null,
  }));
  const context = testContext(dataOf(samples));
  const plain = plan(canonicalize, {}).run(graph, context);
  const rounded = plan(quantize, {}).run(plain, context);
  const integer = tensorToInteger({ scalar: scalarFunction, rounding }).run(
    splitTail(rounded).chip,
    {},
    context,
  ).graph;
  const conversion = conversionMode(mode);
  if (conversion === undefined) throw new Error(`there is no mode ${mode}`);
  return mapNetwork(convert(integer, conversion).graph, backend).program;
};
