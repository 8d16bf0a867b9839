import fc from "fast-check";
import { expect, test } from "vitest";
import { type IndexSpace, indexSpaces } from "../../compiler/analysis/index.ts";
import { randomFrom } from "../../compiler/check/index.ts";
import {
  parse,
  type TensorGraph,
  tensorInvariants,
  tensorLevel,
  violationsOf,
} from "../../compiler/ir/index.ts";
import { type Regrouping, regroup } from "../../compiler/passes/tensor/regroup.ts";
import { inputsOf, tensorGraphs } from "../../compiler/testing/index.ts";
import { runTensor } from "../../runtime/tensor/index.ts";

const graphOf = (body: string): TensorGraph => parse(tensorLevel, `tensor "t" {\n${body}\n}`);

/** The space of the channels that a node makes. */
const spaceOf = (graph: TensorGraph, name: string, axis = 0): IndexSpace | undefined =>
  indexSpaces(graph).find(({ members }) =>
    members.some((m) => "op" in m.holder && m.holder.origins[0]?.name === name && m.axis === axis),
  );

/** Members as `name.axis role xblock`. */
const shown = (space: IndexSpace | undefined): readonly string[] =>
  (space?.members ?? []).map(({ holder, axis, role, block }) => {
    const name = "op" in holder ? holder.origins[0]?.name : holder.name;
    return `${name}.${axis} ${role}${block === 1 ? "" : ` x${block}`}`;
  });

const head = `
  weight w : f64[2, 1, 1, 1] = [1, 2]
  weight b : f64[2] = [3, 4]
  weight v : f64[3, 8] = [1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8]
  weight d : f64[4, 1, 1, 1] = [1, 2, 3, 4]
  weight e : f64[1, 2] = [1, 2]
  weight k : f64[2, 1] = [1, 2]
  x = input(name="x", shape=[1, 2, 2]) : f32(shape=[1, 2, 2]) @ "x"
  c = conv(x, weight=w, bias=b) : f32(shape=[2, 2, 2]) @ "c"`;

test("a flatten between conv and dense makes an index a block of columns", () => {
  const graph = graphOf(`${head}
    n = batchNorm(c, scale=b, shift=b, mean=b, variance=b, epsilon=1) : f32(shape=[2, 2, 2]) @ "n"
    f = reshape(n, shape=[8]) : f32(shape=[8]) @ "f"
    y = dense(f, weight=v) : f32(shape=[3]) @ "y"
    output "y" = y`);
  const space = spaceOf(graph, "c");
  expect(space?.size).toBe(2);
  expect(space?.frozen).toBe(null);
  expect(shown(space)).toEqual([
    "c.0 value",
    "n.0 value",
    "f.0 value x4",
    "w.0 producer",
    "b.0 vector",
    "v.1 consumer x4",
  ]);
});

test("a residual add has one space", () => {
  const graph = graphOf(`${head}
    c2 = conv(x, weight=w) : f32(shape=[2, 2, 2]) @ "c2"
    s = add([c, c2]) : f32(shape=[2, 2, 2]) @ "s"
    f = reshape(s, shape=[8]) : f32(shape=[8]) @ "f"
    y = dense(f, weight=v) : f32(shape=[3]) @ "y"
    output "y" = y`);
  expect(spaceOf(graph, "c")).toBe(spaceOf(graph, "c2"));
  expect(spaceOf(graph, "s")?.frozen).toBe(null);
});

test("a depthwise conv with two outputs a channel makes an index a block of them", () => {
  const graph = graphOf(
    `${head}
    d = conv(c, weight=d, groups=2) : f32(shape=[4, 2, 2]) @ "d"
    p = maxPool(d, kernel=[2, 2]) : f32(shape=[4, 1, 1]) @ "p"
    f = reshape(p, shape=[4]) : f32(shape=[4]) @ "f"
    f2 = reshape(f, shape=[4]) : f32(shape=[4]) @ "f2"
    z = dense(f2, weight=z) : f32(shape=[1]) @ "z"
    output "y" = z`.replace("weight e", "weight z : f64[1, 4] = [1, 2, 3, 4]\n  weight e"),
  );
  expect(shown(spaceOf(graph, "c"))).toContain("d.0 value x2");
  expect(shown(spaceOf(graph, "c"))).toContain("z.1 consumer x2");
});

test.each([
  ["an input", "x", "an input of the network", ""],
  ["an output", "y", "an output of the network", ""],
  [
    "a part of a concat",
    "c",
    "a part of a concat",
    'j = concat([c, c], axis=0) : f32(shape=[4, 2, 2]) @ "j"\n output "j" = j',
  ],
  [
    "what an unknown op reads",
    "c",
    "the unknown op Odd",
    'o = opaque([c], kind="Odd", dtype=f32, shape=[1]) : f32(shape=[1]) @ "o"\n output "o" = o',
  ],
])("%s is frozen", (_, name, why, more) => {
  const graph = graphOf(`${head}
    f = reshape(c, shape=[8]) : f32(shape=[8]) @ "f"
    y = dense(f, weight=v) : f32(shape=[3]) @ "y"
    output "y" = y
    ${more}`);
  expect(spaceOf(graph, name)?.frozen).toBe(why);
});

test("the axis of a softmax is frozen", () => {
  const graph = graphOf(`
    weight w : f64[2, 1] = [1, 2]
    weight e : f64[1, 2] = [1, 2]
    x = input(name="x", shape=[1]) : f32(shape=[1]) @ "x"
    h = dense(x, weight=w) : f32(shape=[2]) @ "h"
    s = softmax(h, axis=0) : f32(shape=[2]) @ "s"
    y = dense(s, weight=e) : f32(shape=[1]) @ "y"
    output "y" = y`);
  expect(spaceOf(graph, "h")?.frozen).toBe("the axis of a softmax");
});

const permutation = (size: number, seed: number): readonly number[] => {
  const random = randomFrom(seed);
  const order = Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = random.between(0, i);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
};

const permuted = (space: IndexSpace, seed: number): Regrouping => {
  const rows = permutation(space.size, seed).map((index) => [{ index, factor: 1 }]);
  return { space, rows, columns: () => rows };
};

test("permuting every free space changes no output", () => {
  let moved = 0;
  fc.assert(
    fc.property(tensorGraphs(), fc.nat(999), (graph, seed) => {
      const free = indexSpaces(graph).filter(({ frozen, size }) => frozen === null && size > 1);
      moved += free.length;
      const other = regroup(
        graph,
        free.map((space, i) => permuted(space, seed + i)),
      );
      expect(violationsOf(tensorInvariants, other)).toEqual([]);
      const { inputs } = inputsOf(graph, seed, "uniform");
      expect(runTensor(other, inputs).outputs).toEqual(runTensor(graph, inputs).outputs);
    }),
    { numRuns: 500, seed: 3 },
  );
  expect(moved).toBeGreaterThan(150);
});
