import { expect, test } from "vitest";
import { nodesOf } from "../../compiler/ir/index.ts";
import { type SumReader, sumReaderOf } from "../../compiler/quantize/sum-readers.ts";
import { tensorOf } from "./support.ts";

/** How the first rounding behind a sum of four channels and two places reads it. */
const readerOf = (shape: string, ...lines: readonly string[]): SumReader | null => {
  const graph = tensorOf(
    `weight w : f64[4, 1, 1] = [1, 2, 3, 4]`,
    `weight two : f64[2] = [2, 4]`,
    `weight four : f64[4] = [1, 2, 4, 8]`,
    `x = input(name="x", shape=[1, 2]) : f32(shape=[1, 2]) @ "x"`,
    `c = conv(x, weight=w) : f32(shape=[4, 2]) @ "c"`,
    ...lines,
    `q = quantize(v, scale=[8], zero=[0], low=0, high=7) : i64(shape=[${shape}]) @ "q"`,
    `output "y" = q`,
  );
  const root = nodesOf(graph).find((n) => n.op === "conv");
  if (root === undefined) throw new Error("there is no conv");
  return sumReaderOf(graph, root, 4);
};

const steps = (reader: SumReader | null): readonly number[] => [...(reader?.steps ?? [])];

test("factors per channel on the way make the step of each channel", () => {
  const reader = readerOf("4, 2", `v = affine(c, scale=four) : f32(shape=[4, 2]) @ "v"`);
  expect(steps(reader)).toEqual([8, 4, 2, 1]);
  expect(reader).toMatchObject({ span: 7, ramp: true, mixed: false });
});

test("a transpose mixes the channels, and factors per channel behind it say nothing of those of the sum", () => {
  const reader = readerOf(
    "2, 4",
    `t = transpose(c, order=[1, 0]) : f32(shape=[2, 4]) @ "t"`,
    `v = affine(t, scale=two) : f32(shape=[2, 4]) @ "v"`,
  );
  expect(steps(reader)).toEqual([8, 8, 8, 8]);
  expect(reader).toMatchObject({ ramp: false, mixed: true });
});

test("the way leads on through slices, expansions and prelus", () => {
  const cut = readerOf("2, 2", `v = slice(c, starts=[1, 0], sizes=[2, 2]) : f32(shape=[2, 2]) @ "v"`);
  expect(cut).toMatchObject({ span: 7, mixed: true });
  const places = readerOf("4, 1", `v = slice(c, starts=[0, 1], sizes=[4, 1]) : f32(shape=[4, 1]) @ "v"`);
  expect(places).toMatchObject({ span: 7, mixed: false });
  const more = readerOf("2, 4, 2", `v = expand(c, shape=[2, 4, 2]) : f32(shape=[2, 4, 2]) @ "v"`);
  expect(more).toMatchObject({ span: 7, mixed: true });
  const bent = readerOf("4, 2", `v = prelu(c, slope=four) : f32(shape=[4, 2]) @ "v"`);
  expect(bent).toMatchObject({ span: 7, mixed: false });
});
