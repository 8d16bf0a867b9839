import { expect, test } from "vitest";
import type { OnnxGraph, OnnxNode } from "../../../../compiler/formats/onnx/decode/index.ts";
import {
  freeValues,
  namesIn,
  prefixes,
  subgraphsOf,
  valuesRead,
} from "../../../../compiler/formats/onnx/prepare/index.ts";
import { decoded, graph, graphAttribute, node } from "./models.ts";

const ifNode = (branch: Uint8Array): OnnxNode => {
  const [found] = decoded(graph("x c", "y", node("If", "c > y", graphAttribute("then_branch", branch)))).graph
    .nodes;
  if (found === undefined) throw new Error("no node");
  return found;
};

const branchOf = (found: OnnxNode): OnnxGraph => {
  const [only] = subgraphsOf(found);
  if (only === undefined) throw new Error("no branch");
  return only;
};

const inner = graph("i", "p", node("Op", "i x b > p"));
const branch = graph("", "r", node("Op", "x w > b"), node("Loop", "b _ > r", graphAttribute("body", inner)));

test("a graph reads from around it what it, and graphs in it, do not make", () => {
  const found = ifNode(branch);
  expect(freeValues(branchOf(found))).toEqual(["x", "w"]);
  expect(valuesRead(found)).toEqual(["c", "x", "w"]);
});

test("an output that is a value from around it is read", () => {
  expect(freeValues(branchOf(ifNode(graph("", "x"))))).toEqual(["x"]);
});

test("a prefix never makes a name that is there, even one made before", () => {
  const model = decoded(
    graph("x", "y", node("Op", "x > a/b"), node("Op", "a/b > ~0~1/b"), node("Op", "> y")),
  );
  const prefix = prefixes(namesIn(model.graph));
  const inside = new Set(["b"]);
  expect([
    prefix("a", inside),
    prefix("c", inside),
    prefix("c", inside),
    prefix("d".repeat(300), inside),
  ]).toEqual(["~1~1/", "c/", "~1~2/", "~1~3/"]);
});
