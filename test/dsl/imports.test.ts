import { expect, test } from "vitest";
import { named } from "../../compiler/diagnostics/index.ts";
import { makeTensor, type TensorGraph } from "../../compiler/ir/tensor/index.ts";
import { arrays, codes, elaborate, faultsOf, messages } from "./support.ts";

const input = makeTensor("input", [], { name: "in", shape: [4] }, [named("in")]);

const model: TensorGraph = { name: "torch", inputs: [input], outputs: [{ name: "out", value: input }] };

const library =
  'width = 3\ndata test: [4] = idx("i.gz") / 255\nnetwork n(x: [4]) -> y: [3] {\n  weights "w.npz"\n  y = x -> dense(width)\n}\n';

const weights = { "lib/w.npz": arrays({ "dense1.weight": [3, 4], "dense1.bias": [3] }) };

test("networks, data and constants are imported by name", () => {
  const text =
    'import n as small, test, width as w from "lib/n.spk"\nnetwork m(x: [w]) -> y: [w] {\n  y = x\n}\ncompile small for loihi1 {\n  evaluate(test)\n}\n';
  const program = elaborate(text, { texts: { "lib/n.spk": library }, weights });
  expect(program.networks.map(({ name, trained }) => [name, trained])).toEqual([
    ["small", true],
    ["m", true],
  ]);
  expect(program.data).toMatchObject([{ name: "test", source: { file: "lib/i.gz" } }]);
  expect(program.recipes.map(({ network }) => network)).toEqual(["small"]);
});

test("an ONNX file is one network under the name given", () => {
  const text = 'import kws from "kws.onnx"\ncompile kws for loihi1 {\n}\n';
  const { networks, recipes } = elaborate(text, { models: { "kws.onnx": model } });
  expect(networks).toEqual([{ kind: "tensor", name: "kws", graph: model, trained: true }]);
  expect(recipes).toHaveLength(1);
  expect(codes('import a, b from "kws.onnx"\n', { models: { "kws.onnx": model } })).toEqual(["file/single"]);
});

test("what is not imported is not elaborated", () => {
  const text = 'import test from "lib/n.spk"\n';
  expect(elaborate(text, { texts: { "lib/n.spk": library } }).data).toHaveLength(1);
});

test("faults of an imported file are reported in that file", () => {
  const text = 'import n from "lib/n.spk"\n';
  const broken = library.replace("dense(width)", "dens(width)");
  expect(messages(text, "a.spk", { texts: { "lib/n.spk": broken } })).toBe(
    [
      "lib/n.spk:5:12: error[name/layer]: there is no layer `dens`",
      "    y = x -> dens(width)",
      "             ^^^^ did you mean `dense`?",
    ].join("\n"),
  );
});

test("imports may not go in a circle", () => {
  const texts = { "b.spk": 'import y as x from "c.spk"\n', "c.spk": 'import x as y from "b.spk"\n' };
  expect(messages('import x from "b.spk"\n', "a.spk", { texts })).toBe(
    [
      "c.spk:1:20: error[file/cycle]: `b.spk` imports itself: b.spk -> c.spk -> b.spk",
      '  import x as y from "b.spk"',
      "                     ^^^^^^^ move what both need into a third file",
    ].join("\n"),
  );
});

test("names that are not there, files of other kinds and files outside are refused", () => {
  expect(codes('import m from "lib/n.spk"\n', { texts: { "lib/n.spk": library } })).toEqual([
    "name/imported",
  ]);
  expect(codes('import m from "m.pt"\nimport n from "../n.spk"\nimport o from "o.nir"\n')).toEqual([
    ...["file/format", "file/outside", "file/refused"],
  ]);
});

test("a file imports at most 63 others", () => {
  const texts = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`f${i}.spk`, `x${i} = ${i}\n`]));
  const text = Array.from({ length: 70 }, (_, i) => `import x${i} from "f${i}.spk"\n`).join("");
  expect(new Set(codes(text, { texts }))).toEqual(new Set(["file/imports"]));
});

test("a name stands once", () => {
  expect(codes('import a from "kws.onnx"\na = 1\na = 2\n', { models: { "kws.onnx": model } })).toEqual([
    "name/twice",
    "name/twice",
  ]);
});

test("a reader that fails for a reason of its own is not hidden", () => {
  const failing = new Proxy(
    {},
    {
      get: () => {
        throw new TypeError("a bug");
      },
    },
  );
  expect(() => faultsOf('import a from "a.onnx"\n', "b.spk", { models: failing })).toThrow("a bug");
});
