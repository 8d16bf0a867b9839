import { expect, test } from "vitest";
import { loadBackends } from "../../compiler/cli/backends.ts";
import { opsDocument } from "../../compiler/cli/documents.ts";
import { opsCommand, supportRows } from "../../compiler/cli/ops.ts";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import { nirTypes } from "../../compiler/formats/nir/index.ts";
import { importers } from "../../compiler/formats/onnx/index.ts";
import { spkWords } from "../../dsl/index.ts";
import { captured } from "./captured.ts";

const quiet = (): void => undefined;

const rows = async (name: string, ...targets: readonly string[]) =>
  supportRows(name, await loadBackends(targets), quiet);

const places = async (name: string, ...targets: readonly string[]) =>
  (await rows(name, ...targets)).map((row) => row.verdicts.map((v) => v.place).join(" "));

/** Operators of which nothing is left: constants, and what hands its input on. */
const computedByReader = [
  "Constant",
  "ConstantOfShape",
  "Dropout",
  "Identity",
  "Range",
  "Shape",
  "Size",
  "Sum",
];

test("every operator, word and type is in the table, and every form is read", async () => {
  const all = supportRows(undefined, [], quiet);
  const unread = all
    .filter((row) => row.format === "onnx" && row.becomes.length === 0)
    .map((row) => row.name);
  expect(unread).toEqual(computedByReader);
  const names = (format: string) => new Set(all.filter((r) => r.format === format).map((r) => r.name));
  expect([...importers.keys()].filter((op) => !names("onnx").has(op))).toEqual([]);
  expect([...names("spk")]).toEqual([...spkWords]);
  expect([...names("nir")]).toEqual([...nirTypes]);
  expect(names("onnx").has("qonnx.custom_op.general.Quant")).toBe(true);
}, 120_000);

test("a layer runs on every chip, and a softmax on the host behind them", async () => {
  expect(await places("Conv", "loihi1", "spinnaker1", "simulator")).toContain("chip chip chip");
  const [softmax] = (await rows("Softmax", "loihi1")).filter((row) => row.format === "onnx");
  expect(softmax?.becomes).toEqual(["softmax"]);
  const [verdict] = softmax?.verdicts ?? [];
  expect(verdict?.place === "host" ? verdict.inside?.fault.code : null).toBe("quantize/unsupported");
});

test("a product of two values is refused with its reason, a product with a constant is not", async () => {
  const products = (await rows("MatMul", "simulator")).filter((row) => row.format === "onnx");
  expect(products.map((row) => `${row.note}: ${row.verdicts[0]?.place}`)).toEqual([
    "with a constant: chip",
    "two values: refused",
  ]);
  const refused = products[1]?.verdicts[0];
  expect(refused?.place === "refused" ? refused.by.stage : null).toBe("quantize");
});

test("what is computed when the model is read leaves nothing", async () => {
  expect(await places("Constant", "simulator")).toEqual(["reader"]);
  expect(await places("Shape", "loihi1")).toEqual(["reader"]);
});

test("neurons run where the target has them", async () => {
  expect(await places("CubaLIF", "spinnaker1")).toEqual(["refused", "refused"]);
  expect(await places("CubaLIF", "simulator")).toEqual(["chip", "chip"]);
});

test("a word is found whatever its case, and an unknown one is met with the nearest", async () => {
  const backends = await loadBackends(["simulator"]);
  expect(supportRows("softmax", backends, quiet).map((row) => `${row.format} ${row.name}`)).toEqual([
    "onnx Softmax",
    "spk softmax",
  ]);
  const error = await opsCommand("softmx", {}).catch((e: unknown) => e);
  expect(error instanceof Rejected ? error.diagnostics.map((d) => `${d.code} ${d.fix}`) : error).toEqual([
    "cli/unknown-op did you mean softmax?",
  ]);
});

test("prints the reasons below the table, and gives them in a document of the schema", async () => {
  const { code, stdout } = await captured(() => opsCommand("Softmax", { target: ["loihi1"] }));
  expect(code).toBe(0);
  expect(stdout).toMatch(/Softmax +softmax +host \[1\]/);
  expect(stdout).toMatch(/^\[1\] quantize: softmax has no integer form here; .*host computes it$/m);
  const json = await captured(() => opsCommand("Softmax", { target: ["loihi1"], json: true }));
  const [first] = opsDocument.parse(JSON.parse(json.stdout)).operators;
  expect(first).toMatchObject({ format: "onnx", name: "Softmax", form: "", becomes: ["softmax"] });
  expect(first?.targets[0]).toMatchObject({ name: "loihi1", place: "host", refusal: { stage: "quantize" } });
});
