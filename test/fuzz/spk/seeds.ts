import { readdirSync, readFileSync } from "node:fs";
import { libraryTexts } from "../../../dsl/library/texts.ts";
import { repoFile } from "../../shared-data.ts";

const textsIn = (folder: string): readonly string[] =>
  readdirSync(repoFile(folder))
    .sort()
    .filter((name) => name.endsWith(".spk"))
    .map((name) => readFileSync(repoFile(`${folder}/${name}`), "utf8"));

const examplesOf = (page: string): readonly string[] =>
  [...readFileSync(repoFile(page), "utf8").matchAll(/^```spk\n([\s\S]*?)^```$/gm)].map(
    ([, text = ""]) => text,
  );

/** Every layer once, so that all words meet. */
const words = `network words(x: [4, 8, 8]) -> y: [3] {
  weights kaiming(seed: 1)
  param slope: [4] = normal(mean: 0.1, std: 0.5, seed: 2)
  a = x -> conv(4, 3x3, groups: 2, bias: stored) -> prelu -> max_pool(2x2) -> quant_relu(levels: 7, max: 1.5)
  b = x -> depthwise(3x3, stride: 2, pad: same_upper) -> group_norm(2) -> clip(-1, 1) -> avg_pool(1x1)
  c = [a, b] -> concat -> split(2) -> concat -> layer_norm -> elu(alpha: 0.5)
  d, e = c -> transpose([0, 2, 1]) -> split(2)
  f = d * slope - e / 2 -> zero_pad(1) -> upsample(2) -> lrn(3) -> sum_pool(3x3, stride: 2)
  g = f -> conv_transpose(2, 2x2, stride: 2) -> local(2, 3x3, pad: 0) -> instance_norm -> scale(0.25)
  y = g -> reshape([2, 64]) -> conv(3, 5, stride: 2, pad: 2) -> hard_swish -> global_max_pool -> softmax
}
`;

/** With its weights drawn, a program is built to its end. */
const drawn = (text: string): string => text.replace(/^( *)weights .*$/gm, "$1weights kaiming(seed: 1)");

/** Programs of every part of the language. */
export const spkSeeds = (): readonly string[] => {
  const texts = [
    words,
    ...textsIn("test/fixtures/dsl/tour"),
    ...textsIn("examples/mnist"),
    ...examplesOf("docs/language.md"),
    ...Object.values(libraryTexts),
  ];
  return [...texts, ...texts.map(drawn).filter((text) => !texts.includes(text))];
};
