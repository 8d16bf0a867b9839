/** Programs of about a thousand layers, in the ways in which they are written. */
const network = (input: string, output: string, statements: string): string =>
  `network n(x: ${input}) -> y: ${output} {\n  weights kaiming(seed: 1)\n${statements}}\n`;

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join("");

const maps = "[8, 8, 8]";
const conv = "conv(8, 3x3) -> batch_norm -> relu";

export interface Large {
  readonly name: string;
  /** Stages that are built, those of library blocks too. */
  readonly layers: number;
  readonly text: string;
}

export const larges: readonly Large[] = [
  {
    name: "one pipe of conv, batch_norm, relu",
    layers: 1002,
    text: network(maps, maps, `  y = x\n${lines(334, () => `    -> ${conv}\n`)}`),
  },
  {
    name: "a statement for each conv",
    layers: 1002,
    text: network(
      maps,
      maps,
      `  x0 = x + x\n${lines(334, (i) => `  x${i + 1} = x${i} -> ${conv}\n`)}  y = x334\n`,
    ),
  },
  {
    name: "1,000 dense layers with names",
    layers: 1000,
    text: network("[8]", "[8]", `  y = x\n${lines(1000, (i) => `    -> dense(8) as layer_${i}\n`)}`),
  },
  {
    name: "a loop of 1,000 dense layers",
    layers: 1000,
    text: network("[8]", "[8]", "  y = x -> repeat 1000 { dense(8) } as layers\n"),
  },
  {
    name: "a loop of 1,000 residual blocks",
    layers: 7000,
    text: network(maps, maps, "  y = x -> repeat 1000 { residual(8) } as units\n"),
  },
];
