import fc from "fast-check";
import { expect, test } from "vitest";
import { makeTensor, nodesOf, type TensorGraph, type TensorNode } from "../../compiler/ir/index.ts";
import { partsFor, tailParts } from "../../compiler/pipeline/host-parts.ts";
import { nameOf } from "../../compiler/quantize/index.ts";
import { tensorGraphs } from "../../compiler/testing/index.ts";

const isWork = ({ op }: TensorNode): boolean => op !== "input" && op !== "constant";

/** Nodes that hang together with a first one, by walking over edges in both directions. */
const component = (first: TensorNode, among: ReadonlySet<TensorNode>): ReadonlySet<TensorNode> => {
  const found = new Set([first]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const node of among)
      for (const x of node.inputs) {
        if (!among.has(x)) continue;
        if (found.has(x)) found.add(node);
        if (found.has(node)) found.add(x);
      }
  }
  return found;
};

const componentsOf = (graph: TensorGraph, among: ReadonlySet<TensorNode>): readonly string[][] => {
  const left = new Set(nodesOf(graph).filter((n) => among.has(n)));
  const groups: string[][] = [];
  for (const node of left) {
    const own = component(node, among);
    groups.push([...left].filter((n) => own.has(n)).map(nameOf));
    for (const n of own) left.delete(n);
  }
  return groups;
};

test("a part for the host is a set of nodes that hang together, and every node is in one", () => {
  fc.assert(
    fc.property(tensorGraphs(), fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), (graph, picks) => {
      const work = nodesOf(graph).filter(isWork);
      const picked = new Set(work.filter((_, i) => picks[i % picks.length]));
      expect(partsFor(graph, picked).map((p) => p.nodes)).toEqual(componentsOf(graph, picked));
      expect(tailParts(graph).map((p) => p.nodes)).toEqual(componentsOf(graph, new Set(work)));
    }),
    { numRuns: 150, seed: 5 },
  );
});

test("a chain of 20,000 nodes is one part, found in linear time", () => {
  const input = makeTensor("input", [], { name: "x", shape: [1] }, []);
  let value: TensorNode = input;
  for (let i = 0; i < 20_000; i++) value = makeTensor("unary", [value], { fn: { kind: "relu" } }, []);
  const start = performance.now();
  const parts = tailParts({ name: "chain", inputs: [input], outputs: [{ name: "y", value }] });
  expect(parts.map((p) => p.nodes.length)).toEqual([20_000]);
  expect(performance.now() - start).toBeLessThan(8_000);
});

test("a part between two layers reads words from the chip and gives it levels of a byte", () => {
  let between = 0;
  fc.assert(
    fc.property(tensorGraphs(), fc.nat(), (graph, choice) => {
      const work = nodesOf(graph).filter(isWork);
      const one = work[choice % Math.max(1, work.length)];
      if (one === undefined) return;
      const [part] = partsFor(graph, new Set([one]));
      const size = (n: TensorNode): number => n.type.shape.reduce((a, b) => a * b, 1);
      const isRead = work.some((r) => r !== one && r.inputs.some((x) => x === one));
      expect(part?.bytesIn).toBe([...new Set(one.inputs)].reduce((sum, x) => sum + 4 * size(x), 0));
      if (isRead) expect(part?.bytesOut).toBe(size(one));
      expect(part?.where === "after").toBe(!isRead);
      if (part?.where === "between") between++;
    }),
    { numRuns: 150, seed: 6 },
  );
  expect(between).toBeGreaterThan(10);
});
