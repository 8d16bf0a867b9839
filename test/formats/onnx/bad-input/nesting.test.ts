import { expect, test } from "vitest";
import { concat, join, message, tag, text, varint } from "../decode/encode.ts";
import { domain, fn, graph, graphAttribute, modelBytes, node } from "../prepare/models.ts";
import { type NodeSpec, writeModel } from "../write-model.ts";
import { fileCodes, fileFaults, seconds } from "./faults.ts";

const input = { name: "x", dims: ["N", 4] };

/** Codes of a file, with a bound on the time of the processor that says so. */
const quickly = (bytes: Uint8Array): readonly string[] => {
  let found: readonly string[] = [];
  expect(seconds(() => (found = fileCodes(bytes)))).toBeLessThan(5);
  return found;
};

test("B21: messages nested 100,000 deep are refused", () => {
  // Graphs in attributes of nodes. Lengths are known from the inside out, so the parts come last first.
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let i = 0; i < 100_000; i++) {
    const head = concat(tag([1, 6, 5][i % 3] ?? 1, 2), varint(length));
    parts.push(head);
    length += head.length;
  }
  expect(quickly(concat(tag(7, 2), varint(length), join(parts.toReversed())))).toEqual(["onnx/limit"]);
});

test("B22: If nested 1,000 deep is refused", () => {
  let inner = graph("", "r", node("Relu", "x > r"));
  for (let i = 0; i < 1000; i++)
    inner = graph("", "r", node("If", "c > r", graphAttribute("then_branch", inner)));
  expect(quickly(modelBytes(inner))).toEqual(["onnx/limit"]);
});

test("B23: a chain of 50,000 Identity is read without recursion, 300,000 nodes are refused", () => {
  const chain = (length: number): Uint8Array => {
    const encoded = Array.from({ length }, (_, i) => message(1, node("Identity", `v${i} > v${i + 1}`)));
    const ends = graph("", `v${length}`);
    const first = message(
      11,
      text(1, "v0"),
      message(2, message(1, Uint8Array.of(8, 1, 18, 8, 10, 2, 8, 1, 10, 2, 8, 4))),
    );
    return modelBytes(concat(join(encoded), first, ends));
  };
  expect(quickly(chain(50_000))).toEqual([]);
  const one = message(1, node("Identity", "x > y"));
  expect(quickly(modelBytes(join(Array.from({ length: 300_000 }, () => one))))).toEqual(["onnx/limit"]);
});

test("B24: 5,000 nodes of a thousand inputs stop at the limit on entries", () => {
  const sum = message(1, node("Sum", `${"x ".repeat(1000)} > y`));
  expect(quickly(modelBytes(join(Array.from({ length: 5000 }, () => sum))))).toEqual(["onnx/limit"]);
});

test("B25-B26: functions in a circle, and functions that double, are refused", () => {
  const call = (name: string, edges: string) => node(name, edges, domain("f"));
  const self = fn({ name: "s", inputs: "a", outputs: "b", nodes: [call("s", "a > b")] });
  expect(quickly(modelBytes(graph("x", "y", call("s", "x > y")), self))).toEqual(["onnx/function-cycle"]);
  const doubling = Array.from({ length: 40 }, (_, i) =>
    fn({
      name: `f${i}`,
      inputs: "a",
      outputs: "c",
      nodes: [call(`f${i + 1}`, "a > b"), call(`f${i + 1}`, "b > c")],
    }),
  );
  const codes = quickly(modelBytes(graph("x", "y", call("f0", "x > y")), ...doubling));
  expect(new Set(codes)).toEqual(new Set(["onnx/limit"]));
});

test("B27: a concat of a value with itself, 40 times, is refused before the values are made", () => {
  const nodes = Array.from(
    { length: 40 },
    (_, i): NodeSpec => ({
      op: "Concat",
      inputs: [i === 0 ? "x" : `v${i}`, i === 0 ? "x" : `v${i}`],
      outputs: [`v${i + 1}`],
      attributes: { axis: 1 },
    }),
  );
  const faults = fileFaults(writeModel({ inputs: [input], nodes, outputs: ["v40"] }));
  expect(faults.map(({ code }) => code)).toEqual(["onnx/limit"]);
});
