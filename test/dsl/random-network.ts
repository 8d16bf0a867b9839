import { type Shape, sameShape, sizeOf } from "../../compiler/ir/core/index.ts";
import { type Random, randomFrom } from "../../compiler/testing/index.ts";

interface Tensor {
  readonly name: string;
  readonly shape: Shape;
}

/** A program while it is drawn: the lines of its network, and the tensors that nothing reads yet. */
interface Drawing {
  readonly random: Random;
  readonly lines: string[];
  /** Tensors that may be read; unread ones are first. */
  readonly known: Tensor[];
  readonly unread: Set<string>;
  names: number;
}

interface Step {
  readonly text: string;
  readonly shape: Shape;
}

const functions = [
  ...([
    "relu",
    "relu6",
    "clip(-0.5, 1.5)",
    "leaky_relu(0.25)",
    "elu(0.5)",
    "sigmoid",
    "tanh",
    "abs",
  ] as const),
  ...(["hard_sigmoid", "hard_swish", "softplus", "softmax", "scale(0.75)", "prelu"] as const),
] as const;

const norms = ["batch_norm", "layer_norm", "instance_norm", "scale(stored)", "prelu"] as const;

const bias = (random: Random): string => (random.chance(40) ? ", bias: stored" : "");

/** A step on a map [channels, height, width]. */
const mapStep = (random: Random, [c = 1, h = 1, w = 1]: Shape): Step => {
  const out = random.pick([1, 2, 3, 4]);
  const kept = [c, h, w];
  switch (random.between(0, 14)) {
    case 0:
    case 1:
      return { text: `conv(${out}, 3x3${bias(random)})`, shape: [out, h, w] };
    case 2: {
      const to = [h, w].map((extent) => Math.floor((extent + 2 - 3) / 2) + 1);
      return { text: `conv(${out}, 3x3, stride: 2, pad: 1${bias(random)})`, shape: [out, ...to] };
    }
    case 3:
      return { text: `conv_bn(${c * 2}, 1x1, groups: ${c})`, shape: [c * 2, h, w] };
    case 4:
      return { text: `depthwise(3x1, pad: same${bias(random)})`, shape: kept };
    case 5:
      return { text: `residual(${out})`, shape: [out, h, w] };
    case 6:
      return h >= 2 && w >= 2
        ? { text: `max_pool(2x2)`, shape: [c, Math.floor(h / 2), Math.floor(w / 2)] }
        : { text: "relu", shape: kept };
    case 7:
      return h >= 2
        ? { text: "avg_pool(2x1, stride: 1)", shape: [c, h - 1, w] }
        : { text: "tanh", shape: kept };
    case 8:
      return { text: "transpose([1, 2, 0])", shape: [h, w, c] };
    case 9:
      return { text: "zero_pad([1, 0, 0, 2])", shape: [c, h + 1, w + 2] };
    case 10:
      return { text: `conv_transpose(${out}, 2x2, stride: 2${bias(random)})`, shape: [out, 2 * h, 2 * w] };
    case 11:
      return { text: `repeat 2 { conv(${c}, 1x1) -> relu }`, shape: kept };
    case 12:
      return { text: random.pick(["global_avg_pool", "global_max_pool"]), shape: [c] };
    case 13:
      return { text: `reshape([${c * h}, ${w}])`, shape: [c * h, w] };
    default:
      return { text: random.pick(norms), shape: kept };
  }
};

const step = (random: Random, shape: Shape): Step => {
  if (random.chance(30)) return { text: random.pick(functions), shape };
  if (shape.length === 3) return mapStep(random, shape);
  const [n = 1] = shape;
  if (shape.length > 1) return { text: "flatten", shape: [sizeOf(shape)] };
  const units = random.pick([1, 2, 3, 5, 8]);
  return random.chance(80)
    ? { text: `dense(${units}${bias(random)})`, shape: [units] }
    : { text: `reshape([${n}, 1, 1])`, shape: [n, 1, 1] };
};

/** Sizes stay small: what grew is pooled away. */
const bounded = (random: Random, shape: Shape): Step => {
  if (sizeOf(shape) <= 400) return step(random, shape);
  return shape.length === 1
    ? { text: "dense(4)", shape: [4] }
    : { text: "global_avg_pool", shape: shape.slice(0, 1) };
};

const read = (drawing: Drawing): Tensor => {
  const { random, known, unread } = drawing;
  const open = known.filter(({ name }) => unread.has(name));
  const [first, ...rest] = open.length > 0 && random.chance(70) ? open : known;
  if (first === undefined) throw new Error("a network has an input");
  const tensor = random.pick([first, ...rest]);
  unread.delete(tensor.name);
  return tensor;
};

const define = ({ known, unread, lines }: Drawing, name: string, text: string, shape: Shape): void => {
  lines.push(`${name} = ${text}`);
  known.push({ name, shape });
  unread.add(name);
};

const freshName = (drawing: Drawing, word: string): string => `${word}_${drawing.names++}`;

const pipe = (drawing: Drawing): void => {
  const { random } = drawing;
  const from = read(drawing);
  let { shape } = from;
  let text = from.name;
  for (let left = random.between(1, 4); left > 0; left--) {
    const next = bounded(random, shape);
    const label = random.chance(20) ? ` as ${freshName(drawing, "stage")}` : "";
    const declared = label !== "" && random.chance(50) ? `: [${next.shape.join(", ")}]` : "";
    text += ` -> ${next.text}${label}${declared}`;
    shape = next.shape;
  }
  define(drawing, freshName(drawing, "t"), text, shape);
};

/** Two tensors joined by a sign, a concat, or one with a number or a `param`. */
const join = (drawing: Drawing): void => {
  const { random, known, lines } = drawing;
  const left = read(drawing);
  const sign = random.pick(["+", "-", "*"]);
  const twins = known.filter(({ shape }) => sameShape(shape, left.shape));
  const [twin] = twins.slice(random.between(0, Math.max(0, twins.length - 1)));
  const name = freshName(drawing, "t");
  if (random.chance(25)) {
    const [channels = 1] = left.shape;
    const weight = freshName(drawing, "w");
    lines.push(`param ${weight}: [${channels}]`);
    define(drawing, name, `${left.name} ${sign} ${weight}`, left.shape);
  } else if (twin === undefined || random.chance(25)) {
    define(drawing, name, `${left.name} ${sign} ${random.pick(["2", "0.5", "(1 / 4)"])}`, left.shape);
  } else {
    drawing.unread.delete(twin.name);
    const [channels = 1, ...rest] = left.shape;
    if (random.chance(40))
      define(drawing, name, `[${left.name}, ${twin.name}] -> concat`, [2 * channels, ...rest]);
    else define(drawing, name, `${left.name} ${sign} ${twin.name}`, left.shape);
  }
};

const flat = ({ name, shape }: Tensor): string => (shape.length === 1 ? name : `(${name} -> flatten)`);

/** A network without files, of at most about 40 stages, in which every tensor is read. */
export const randomNetwork = (seed: number): string => {
  const random = randomFrom(seed);
  const input: Tensor = random.chance(80)
    ? { name: "x", shape: [random.between(1, 3), random.between(1, 6), random.between(1, 6)] }
    : { name: "x", shape: [random.between(1, 9)] };
  const drawing: Drawing = { random, lines: [], known: [input], unread: new Set(["x"]), names: 0 };
  for (let left = random.between(1, 6); left > 0; left--) {
    if (random.chance(70)) pipe(drawing);
    else join(drawing);
  }
  const [first, ...rest] = drawing.known.filter(({ name }) => drawing.unread.has(name));
  if (first === undefined) throw new Error("the last tensor is unread");
  const ends = rest.length === 0 ? flat(first) : `[${[first, ...rest].map(flat).join(", ")}] -> concat`;
  const total = [first, ...rest].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const last = random.chance(50) ? { text: " -> dense(3)", units: 3 } : { text: " -> relu", units: total };
  drawing.lines.push(`y = ${ends}${last.text}`);
  const body = ["weights kaiming(seed: 5)", ...drawing.lines].map((line) => `  ${line}\n`).join("");
  return `network n(x: [${input.shape.join(", ")}]) -> y: [${last.units}] {\n${body}}\n`;
};
