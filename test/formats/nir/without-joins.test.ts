import { expect, test } from "vitest";
import { withoutJoins } from "../../../compiler/formats/nir/without-joins.ts";
import { type NativeEdge, native } from "../../../compiler/native/index.ts";
import { faultsOf } from "../../rejected.ts";

const { edge, path } = native;

/** A network of joins, named j..., between outputs, named otherwise. */
const networkOf = (edges: readonly NativeEdge[]) => {
  const names = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  const nodes = names.map((name) =>
    native.node(name, name.startsWith("j") ? native.join() : native.output()),
  );
  return native.nativeNetwork("joins", nodes, edges);
};

const sorted = (edges: readonly NativeEdge[]): readonly string[] =>
  withoutJoins(networkOf(edges))
    .map(([from, to]) => `${from} ${to}`)
    .toSorted();

test("what comes into a join goes to each of its readers, through joins behind it too", () => {
  const edges = [
    edge("a", "j1"),
    edge("b", "j1"),
    edge("j1", "j2"),
    edge("j2", "x"),
    edge("j1", "y"),
    edge("a", "x"),
  ];
  expect(sorted(edges)).toEqual(["a x", "a x", "a y", "b x", "b y"]);
});

test("equal edges count as often as they stand on both sides of a join", () => {
  expect(sorted([edge("a", "j"), edge("a", "j"), edge("j", "x"), edge("j", "x")])).toEqual([
    "a x",
    "a x",
    "a x",
    "a x",
  ]);
});

test("a chain of 5,000 joins is one edge", () => {
  const names = Array.from({ length: 5_000 }, (_, i) => `j${i}`);
  expect(sorted(path("a", ...names, "x"))).toEqual(["a x"]);
});

test("joins that read each other, and joins that make too many edges, are refused", () => {
  const looped = [edge("a", "j1"), edge("j1", "j2"), edge("j2", "j1"), edge("j2", "x")];
  expect(faultsOf(() => sorted(looped)).map((d) => d.why)).toEqual(["joins read each other"]);
  const doubled = Array.from({ length: 40 }, (_, i) => [
    edge(`j${i}`, `j${i + 1}`),
    edge(`j${i}`, `j${i + 1}`),
  ]).flat();
  const wide = [edge("a", "j0"), ...doubled, edge("j40", "x")];
  expect(faultsOf(() => sorted(wide)).map((d) => d.why)).toEqual([
    "2097152 edges come into it through joins",
  ]);
});
