import { expect, test } from "vitest";
import { named } from "../../compiler/diagnostics/index.ts";
import {
  floats,
  maker,
  type Rules,
  rewrite,
  type Tensor,
  type TensorGraph,
  tensorLevel,
} from "../../compiler/ir/index.ts";
import { definePass, type Pass } from "../../compiler/pass/index.ts";
import { passLaws } from "../../compiler/testing/index.ts";

const tensorPass = (run: (graph: TensorGraph) => TensorGraph): Pass<"tensor"> =>
  definePass({
    name: "p",
    level: "tensor",
    summary: "A planted pass.",
    contract: { kind: "exact" },
    idempotent: true,
    options: {},
    run,
  });

const rules = (table: Rules<Tensor>): Pass<"tensor"> =>
  tensorPass((graph) => rewrite(tensorLevel, graph, table));

/** Names of the laws that a pass breaks. */
const broken = (pass: Pass<"tensor">): readonly string[] =>
  passLaws(pass, { runs: 60 }).flatMap(({ name, check }) => {
    try {
      check();
      return [];
    } catch {
      return [name];
    }
  });

test("a pass that does nothing keeps every law", () => {
  expect(broken(tensorPass((graph) => graph))).toEqual([]);
});

test("laws are registered with the given test function", () => {
  const names: string[] = [];
  passLaws(
    tensorPass((graph) => graph),
    { test: (name) => names.push(name) },
  );
  expect(names).toHaveLength(7);
});

test("dropping relu breaks the contract", () => {
  const pass = rules({ unary: ({ inputs: [x], attrs }) => (attrs.fn.kind === "relu" ? x : null) });
  expect(broken(pass)).toContain("p keeps the invariants of its level and its contract (exact)");
});

test("a copy of an unchanged graph is no answer", () => {
  expect(broken(tensorPass((graph) => ({ ...graph })))).toEqual([
    "p gives back the very graph when it changed nothing",
    "p changes nothing a second time",
  ]);
});

test("an affine added at each run is not idempotent", () => {
  const one = floats("one", [1], Float64Array.of(1));
  const pass = rules({ unary: (node, { make }) => make("affine", [node], { scale: one, shift: null }) });
  expect(broken(pass)).toEqual(["p changes nothing a second time"]);
});

test("an invented origin is found", () => {
  const pass = rules({
    unary: ({ inputs, attrs, origins }) =>
      origins[0]?.name === "mine" ? null : maker(tensorLevel)("unary", inputs, attrs, [named("mine")]),
  });
  expect(broken(pass)).toEqual(["p keeps origins"]);
});

test("a renamed output is found", () => {
  const pass = tensorPass((graph) =>
    graph.outputs.some(({ name }) => name === "y")
      ? graph
      : {
          ...graph,
          outputs: graph.outputs.map(({ value }, i) => ({ name: i === 0 ? "y" : `y${i}`, value })),
        },
  );
  expect(broken(pass)).toContain("p keeps inputs and outputs");
});

test("a dropped unknown op is found", () => {
  const pass = rules({ opaque: ({ inputs }) => inputs[0] ?? null });
  expect(broken(pass)).toEqual(["p leaves unknown ops alone"]);
});

test("a pass that answers from a counter is not deterministic", () => {
  let count = 0;
  const pass = rules({
    unary: ({ inputs: [x], attrs }, { make }) =>
      make("affine", [make("unary", [x], attrs)], {
        scale: floats("s", [1], Float64Array.of(++count)),
        shift: null,
      }),
  });
  expect(broken(pass)).toContain("p gives the same text twice");
});
