import { type Random, randomFrom } from "../../../compiler/testing/index.ts";

/** Draws words of a program that can be read, whatever they mean; `left` bounds how many are still drawn. */
interface Drawing {
  readonly random: Random;
  left: number;
}

type Words = readonly [string, ...string[]];

const names: Words = ["a", "x", "stem", "body2", "in_channels", "conv", "relu", "n"];
/** Never the name of a value: formatting drops a label that says its name again. */
const labels: Words = ["stage_a", "stage_b", "stage_c"];
const keywords: Words = ["weights", "step", "for", "in", "as", "order", "import", "not"];
const numbers: Words = ["0", "1", "12", "0.50", "1e-5", "007", "1.0E+03", "100000"];
const units: Words = ["ms", "bits", "%", "KiB"];
const texts: Words = ['"w.npz"', '"a b"', '"# no comment"', '"\\"\\\\"', '""'];
const sizes: Words = ["3x3", "03x1", "2:4", "1x1x1"];

const several = <T>({ random }: Drawing, most: number, draw: () => T): readonly T[] =>
  Array.from({ length: random.between(1, most) }, draw);

const name = ({ random }: Drawing): string => random.pick(names);

const listed = (drawing: Drawing, draw: () => string): string => {
  const items = several(drawing, drawing.left > 0 ? 4 : 1, draw).join(", ");
  return drawing.random.chance(15) ? `${items},` : items;
};

const atom = (drawing: Drawing): string => {
  const { random } = drawing;
  drawing.left--;
  const way = drawing.left > 0 ? random.between(0, 9) : random.between(0, 5);
  switch (way) {
    case 0:
    case 1:
      return random.pick(numbers);
    case 2:
      return `${random.pick(numbers)} ${random.pick(units)}`;
    case 3:
      return random.pick(sizes);
    case 4:
      return random.pick(texts);
    case 5:
      return random.chance(20) ? `${name(drawing)}.${name(drawing)}` : name(drawing);
    case 6:
      return `[${listed(drawing, () => value(drawing))}]`;
    case 7:
      return `(${listed(drawing, () => value(drawing))})`;
    default:
      return call(drawing);
  }
};

const factor = (drawing: Drawing): string =>
  drawing.random.chance(10) ? `-${atom(drawing)}` : atom(drawing);

const joined = (drawing: Drawing, signs: Words, draw: () => string): string => {
  let text = draw();
  while (drawing.left > 0 && drawing.random.chance(25)) text += ` ${drawing.random.pick(signs)} ${draw()}`;
  return text;
};

const sum = (drawing: Drawing): string => joined(drawing, ["+", "-", "*", "/"], () => factor(drawing));

const condition = (drawing: Drawing): string =>
  joined(drawing, ["and", "or"], () => {
    const not = drawing.random.chance(20) ? "not " : "";
    return `${not}${sum(drawing)} ${drawing.random.pick(["==", "!=", "<=", "<", ">=", ">"])} ${sum(drawing)}`;
  });

const stage = (drawing: Drawing): string => {
  const { random } = drawing;
  const label = random.chance(20) ? ` as ${random.pick(labels)}` : "";
  const shaped = label !== "" && random.chance(40) ? `: ${tensor(drawing)}` : "";
  if (drawing.left <= 0 || random.chance(75)) return `${call(drawing)}${label}${shaped}`;
  const head = random.chance(50)
    ? `repeat ${sum(drawing)}`
    : `for ${random.chance(50) ? name(drawing) : `(${name(drawing)}, ${name(drawing)})`} in [${listed(drawing, () => value(drawing))}]`;
  return `${head} { ${chain(drawing)} }${label}${shaped}`;
};

const chain = (drawing: Drawing): string =>
  several(drawing, drawing.left > 0 ? 4 : 1, () => stage(drawing)).join(" -> ");

const pipe = (drawing: Drawing): string => {
  const from = sum(drawing);
  return drawing.left > 0 && drawing.random.chance(60) ? `${from} -> ${chain(drawing)}` : from;
};

const value = (drawing: Drawing): string =>
  drawing.left > 0 && drawing.random.chance(10)
    ? `if ${condition(drawing)} then ${pipe(drawing)} else ${pipe(drawing)}`
    : pipe(drawing);

const argument = (drawing: Drawing): string => {
  const { random } = drawing;
  const named = random.chance(50) ? `${random.chance(10) ? random.pick(keywords) : name(drawing)}: ` : "";
  if (random.chance(90)) return `${named}${value(drawing)}`;
  return `${named}${random.chance(50) ? `${factor(drawing)}..${factor(drawing)}` : `${factor(drawing)} | ${factor(drawing)}`}`;
};

const call = (drawing: Drawing): string => {
  drawing.left--;
  const word = name(drawing);
  if (drawing.left <= 0 || drawing.random.chance(40)) return word;
  return drawing.random.chance(10) ? `${word}()` : `${word}(${listed(drawing, () => argument(drawing))})`;
};

const tensor = (drawing: Drawing): string => {
  const kind = drawing.random.chance(20) ? drawing.random.pick(["signal", "spikes"]) : "";
  return `${kind}[${listed(drawing, () => sum(drawing))}]`;
};

const output = (drawing: Drawing): string =>
  drawing.random.chance(70) ? name(drawing) : `${name(drawing)}: ${tensor(drawing)}`;

const statement = (drawing: Drawing): string => {
  const { random } = drawing;
  switch (random.between(0, 9)) {
    case 0:
      return `weights ${random.pick(texts)}${random.chance(30) ? " in order" : ""}${random.chance(30) ? ` { ${listed(drawing, () => `${name(drawing)}: ${random.pick(texts)}`)} }` : ""}`;
    case 1:
      return `param ${name(drawing)}: ${tensor(drawing)} = ${value(drawing)}`;
    case 2:
      return `shared ${name(drawing)} = ${chain(drawing)}`;
    case 3:
      return `require ${condition(drawing)}${random.chance(40) ? `, ${random.pick(texts)}` : ""}`;
    case 4:
      return random.chance(50) ? "step 1 ms" : "dynamics exact";
    default:
      return `${several(drawing, 2, () => output(drawing)).join(", ")} = ${value(drawing)}`;
  }
};

const recipeStep = (drawing: Drawing): string => {
  const { random } = drawing;
  if (random.chance(20)) return `require ${condition(drawing)}`;
  if (random.chance(15))
    return `${random.pick(["minimize", "maximize"])} ${several(drawing, 3, () => name(drawing)).join(", ")}`;
  return `${name(drawing)}(${listed(drawing, () => argument(drawing))})`;
};

const comment = (random: Random): string => (random.chance(15) ? "  # told\n" : "\n");

const body = (drawing: Drawing, draw: () => string): string => {
  const { random } = drawing;
  const lines = several(
    drawing,
    5,
    () => `${random.chance(10) ? "\n# above\n" : ""}  ${draw()}${comment(random)}`,
  );
  return `{\n${lines.join("")}}\n`;
};

const input = (drawing: Drawing): string => {
  const option = drawing.random.pick(["int", "layer", "tensor"]);
  if (drawing.random.chance(60)) return `${name(drawing)}: ${tensor(drawing)}`;
  return `${name(drawing)}: ${option}${drawing.random.chance(50) ? ` = ${value(drawing)}` : ""}`;
};

const declaration = (drawing: Drawing): string => {
  const { random } = drawing;
  switch (random.between(0, 5)) {
    case 0:
      return `import ${several(drawing, 3, () => (random.chance(30) ? `${name(drawing)} as ${name(drawing)}` : name(drawing))).join(", ")} from ${random.pick(texts)}\n`;
    case 1:
      return `data ${name(drawing)}: ${tensor(drawing)} = ${pipe(drawing)}\n`;
    case 2:
      return `${name(drawing)} = ${value(drawing)}\n`;
    case 3:
      return `compile ${name(drawing)} for ${several(drawing, 2, () => call(drawing)).join(", ")} ${body(drawing, () => recipeStep(drawing))}`;
    default:
      return `${random.pick(["network", "block"])} ${name(drawing)}(${listed(drawing, () => input(drawing))}) -> ${output(drawing)} ${body(drawing, () => statement(drawing))}`;
  }
};

/** A text of at most a few hundred words that can be read; most say nothing that could be built. */
export const randomText = (seed: number): string => {
  const random = randomFrom(seed);
  return Array.from({ length: random.between(1, 4) }, () => {
    const drawn = declaration({ random, left: random.pick([5, 15, 40]) });
    return `${random.chance(20) ? "## Told above.\n" : ""}${drawn}${random.chance(30) ? "\n\n" : ""}`;
  }).join("");
};
