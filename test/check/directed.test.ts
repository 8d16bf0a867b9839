import { expect, test } from "vitest";
import { directedInputs } from "../../compiler/check/index.ts";
import { integerLevel, nodesOf, parse } from "../../compiler/ir/index.ts";
import { runInteger } from "../../runtime/integer/index.ts";

const graph = parse(
  integerLevel,
  `integer "t" {
    weight w : i8[2, 6] = [3, -2, 1, 5, -1, 2, -3, 2, 2, -2, 1, 4]
    weight b : i8[2] = [1, -1]
    weight theta : i8[2] = [7, 9]
    x = input(name="x", shape=[6], scale=[0.5], low=0, high=15) : int(shape=[6], scale=[0.5]) @ "x"
    s = linear(x, map=dense(from=[6], to=[2], weight=w), bias=b, scale=[1]) : int(shape=[2], scale=[1]) @ "s"
    q = neuron(s, fn=uniform(theta=theta, high=7), scale=[1]) : int(shape=[2], scale=[1]) @ "q"
    output "q" = q
  }`,
);

/** Sums of the two neurons for 200 directed inputs. */
const sums = Array.from({ length: 200 }, (_, seed) => {
  const sample = directedInputs(graph, seed);
  const sum = nodesOf(graph).find((node) => node.op === "linear");
  return sample === null || sum === undefined
    ? []
    : Array.from(runInteger(graph, sample.inputs).at(sum).data);
});

/** J_k and J_k - 1 of a neuron, k = 1..7. */
const besideJumps = (theta: number): readonly number[] =>
  [1, 2, 3, 4, 5, 6, 7].flatMap((k) => [
    k * theta - Math.floor(theta / 2),
    k * theta - Math.floor(theta / 2) - 1,
  ]);

test("many directed inputs put a neuron on a jump or one below it", () => {
  const [first, second] = [besideJumps(7), besideJumps(9)];
  const near = sums.filter(([a = NaN, b = NaN]) => first.includes(a) || second.includes(b));
  expect(near.length).toBeGreaterThan(120);
});

test("some directed inputs reach the greatest and the least sum there is", () => {
  const [first, second] = [0, 1].map((c) => sums.map((pair) => pair[c] ?? 0));
  expect([Math.max(...(first ?? [])), Math.min(...(first ?? []))]).toEqual([1 + 15 * 11, 1 - 15 * 3]);
  expect([Math.max(...(second ?? [])), Math.min(...(second ?? []))]).toEqual([-1 + 15 * 9, -1 - 15 * 5]);
});
