import { floats, type Shape, sizeOf, slideShape, type Weight } from "../../../compiler/ir/index.ts";
import { type NativeNode, type NativeOp, native } from "../../../compiler/native/index.ts";
import type { Random } from "../../../compiler/testing/index.ts";

/** Tools that can run a kind of network; what each of them leaves out is in their import_nir modules. */
export type Tool = "norse" | "snntorch" | "spikingjelly";

/** Nodes that follow each other, with an optional loop around one of them. */
export interface Chain {
  readonly shape: Shape;
  readonly nodes: readonly NativeNode[];
  /** A spiking node that hears itself through the node named here. */
  readonly loop: { readonly around: string; readonly through: NativeNode } | null;
  readonly tools: readonly Tool[];
  /** False: the reference package has another idea of its shapes, and reads it without its type check. */
  readonly typed: boolean;
}

/** Seconds of a step: the one that snnTorch's reader has. */
export const dt = 1e-4;

const fill = (shape: Shape, of: () => number): Weight =>
  floats("w", shape, Float64Array.from({ length: sizeOf(shape) }, of));

const one = (value: number): Weight => floats("p", [1], Float64Array.of(value));

/** Sixty-fourths, more of them above zero than below. */
const weights = (random: Random, shape: Shape): Weight => fill(shape, () => random.between(-24, 64) / 64);

const biases = (random: Random, count: number): Weight => fill([count], () => random.between(-4, 12) / 64);

/** A threshold that a third of what usually comes in reaches. */
const thresholdFor = (random: Random, fanIn: number, gain: number): number =>
  (fanIn * 0.3 * 0.25 * gain * random.between(20, 90)) / 64 + 1 / 128;

interface Layer {
  readonly ops: readonly NativeOp[];
  readonly to: Shape;
  readonly fanIn: number;
}

const dense = (random: Random, from: Shape): Layer => {
  const [size, out] = [sizeOf(from), random.between(4, 24)];
  const bias = random.chance(50) ? biases(random, out) : null;
  const map = native.affine(weights(random, [out, size]), bias);
  return { ops: [...(from.length > 1 ? [native.flatten()] : []), map], to: [out], fanIn: size };
};

/** `typed`: square kernels, which is what nir/ir/conv.py reckons with. Groups no tool reads right: its channels are those of one group. */
const conv = (random: Random, from: Shape, typed: boolean): Layer => {
  const [channels = 1, ...space] = from;
  const out = random.between(1, 3);
  const side = random.between(1, 3);
  const kernel = typed ? [side, side] : [side, (side % 3) + 1];
  const sliding = {
    strides: [random.between(1, 2), random.between(1, 2)],
    dilations: [random.between(1, 2), 1],
    pads: [0, 1].map(() => random.between(0, 1)).map((p) => [p, p] as const),
  };
  const to = slideShape(space, kernel, sliding);
  const weight = weights(random, [out, channels, ...kernel]);
  const bias = biases(random, out);
  return {
    ops: [native.conv(weight, { ...sliding, bias, space })],
    to: [out, ...to],
    fanIn: channels * sizeOf(kernel),
  };
};

type Neuron = (random: Random, shape: Shape, fanIn: number) => NativeOp;

const lif: Neuron = (random, shape, fanIn) => {
  const parts = random.pick([2, 4, 8]);
  const threshold = one(thresholdFor(random, fanIn, 1 / parts));
  return native.leakyIntegrateAndFire(one(parts * dt), { shape, threshold });
};

/** r = tau_mem / dt is what the reader of snnTorch takes, w_in = tau_syn / dt what that of SpikingJelly does. */
const cuba: Neuron = (random, shape, fanIn) => {
  const [syn, mem] = [random.pick([2, 4]), random.pick([2, 4, 8])];
  const threshold = one(thresholdFor(random, fanIn, 1));
  return native.currentLeakyIntegrateAndFire(one(syn * dt), one(mem * dt), {
    shape,
    r: one(mem),
    wIn: one(syn),
    threshold,
  });
};

/** Norse adds what comes in, whatever the step. */
const integrate: Neuron = (random, shape, fanIn) =>
  native.integrateAndFire({ shape, threshold: one(thresholdFor(random, fanIn, 1)) });

/** Parameters and a rest of its own for every neuron. */
const single: Neuron = (random, shape, fanIn) => {
  const tau = fill(shape, () => random.pick([2, 3, 4, 8]) * dt);
  const threshold = fill(shape, () => thresholdFor(random, fanIn, 0.25));
  const vLeak = fill(shape, () => random.between(-8, 8) / 64);
  return native.leakyIntegrateAndFire(tau, { shape, threshold, vLeak });
};

const input = (random: Random, isImage: boolean): Shape =>
  isImage ? [random.between(1, 3), random.between(5, 9), random.between(5, 9)] : [random.between(5, 20)];

/** What the layers of a kind are made of. */
interface Plan {
  /** Convolutions over an image before the last layer. */
  readonly isImage: boolean;
  readonly neurons: readonly [Neuron, ...Neuron[]];
  /** A sum over 2 x 2 behind each layer of a convolution. */
  readonly pools: boolean;
  readonly tools: readonly Tool[];
  readonly typed: boolean;
}

const sumPool = native.sumPool([2, 2], { strides: [2, 2] });

const pooled = (shape: Shape): Shape => shape.map((extent, axis) => (axis === 0 ? extent : extent >> 1));

const layered = (random: Random, depth: number, plan: Plan): Chain & { readonly last: Shape } => {
  const { isImage, neurons, pools, tools, typed } = plan;
  const shape = input(random, isImage);
  const nodes: NativeNode[] = [];
  let at = shape;
  const layers = depth + (isImage ? 1 : 0);
  for (let layer = 0; layer < layers; layer++) {
    const slides = at.length > 1 && layer < layers - 1 && Math.min(...at.slice(1)) >= 5;
    const { ops, to, fanIn } = slides ? conv(random, at, typed) : dense(random, at);
    for (const [i, op] of ops.entries()) nodes.push(native.node(`map${layer}_${i}`, op));
    nodes.push(native.node(`neuron${layer}`, random.pick(neurons)(random, to, fanIn)));
    const shrinks = pools && slides && Math.min(...to.slice(1)) >= 2;
    if (shrinks) nodes.push(native.node(`pool${layer}`, sumPool));
    at = shrinks ? pooled(to) : to;
  }
  return { shape, nodes, loop: null, tools, typed, last: at };
};

/** The last layer hears itself. */
const looped = (random: Random, depth: number, plan: Plan): Chain => {
  const { last, ...chain } = layered(random, depth, plan);
  const size = sizeOf(last);
  const weight = fill([size, size], () => random.between(-24, 16) / 64);
  const through = native.node("back", native.affine(weight));
  return { ...chain, loop: { around: chain.nodes.at(-1)?.name ?? "", through } };
};

const all: Plan = {
  isImage: false,
  neurons: [lif],
  pools: false,
  tools: ["norse", "snntorch", "spikingjelly"],
  typed: true,
};

type Kind = (random: Random, depth: number) => Chain;

const kind =
  (plan: Partial<Plan>): Kind =>
  (random, depth) =>
    layered(random, depth, { ...all, ...plan });

/** Kinds of networks, by what the tools can read. */
export const kinds: Readonly<Record<string, Kind>> = {
  dense: kind({}),
  conv: kind({ isImage: true }),
  cuba: kind({ neurons: [cuba] }),
  mixed: kind({ isImage: true, neurons: [lif, cuba] }),
  // snnTorch makes a leaky neuron of an IF, and has no sum over windows.
  integrate: kind({ isImage: true, neurons: [integrate], pools: true, tools: ["norse"] }),
  // snnTorch takes one threshold a layer and no rest.
  single: kind({ isImage: true, neurons: [single, lif, integrate], pools: true, tools: ["norse"] }),
  shapes: kind({ isImage: true, tools: ["norse", "snntorch"], typed: false }),
  // Norse gives out another node of a loop, snnTorch reads loops of nested graphs only.
  loop: (random, depth) => looped(random, depth, { ...all, tools: ["spikingjelly"] }),
};
