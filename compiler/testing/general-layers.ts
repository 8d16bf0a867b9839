import { floats, item, type Scalar } from "../ir/index.ts";
import { asReal, type GeneralSite, type GeneralStep, ofRank, oneOf } from "./general-site.ts";

export const convTransposeStep: GeneralStep = (site, x) => {
  const { make, pick, weight } = site;
  const map = x.type.shape.length < 2 ? ofRank(site, x, 3) : x;
  const [channels = 1, ...space] = map.type.shape;
  const groups = pick(3) === 0 ? channels : 1;
  const outs = 1 + pick(2);
  const kernel = space.map(() => 1 + pick(2));
  const strides = space.map(() => 1 + pick(2));
  const outputPads = strides.map((stride) => pick(stride));
  const pads = space.map((extent, axis): readonly [number, number] => [
    Math.min(pick(2), (extent - 1) * item(strides, axis) + item(kernel, axis) - 1),
    0,
  ]);
  const bias = pick(2) === 0 ? null : weight("bias", [outs * groups]);
  const numbers = { weight: weight("weight", [channels, outs, ...kernel]), bias };
  return make("convTranspose", [map], { ...numbers, strides, pads, groups, outputPads });
};

export const preluStep: GeneralStep = ({ make, pick, weight }, x) =>
  make("prelu", [x], { slope: weight("slope", pick(2) === 0 ? [1] : [x.type.shape[0] ?? 1]) });

const bounded: readonly Scalar[] = [{ kind: "sigmoid" }, { kind: "tanh" }, { kind: "softsign" }];

const cells = { rnn: [1, 1], gru: [3, 2], lstm: [4, 3] } as const;

export const recurrentStep: GeneralStep = (site, x) => {
  const { make, pick, weight } = site;
  const rows = ofRank(site, x, 2);
  const cell = oneOf(site, ["rnn", "gru", "lstm"] as const);
  const [gates, functions] = cells[cell];
  const units = 1 + pick(3);
  const maybe = (role: string, length: number) => (pick(2) === 0 ? null : weight(role, [length]));
  return make("recurrent", [rows], {
    cell,
    input: weight("input", [gates * units, item(rows.type.shape, 1)]),
    hidden: weight("hidden", [gates * units, units]),
    bias: maybe("bias", 2 * gates * units),
    initial: maybe("initial", units),
    initialCell: cell === "lstm" ? maybe("cell", units) : null,
    peephole: cell === "lstm" ? maybe("peephole", 3 * units) : null,
    activations: Array.from({ length: functions }, () => oneOf(site, bounded)),
    reverse: pick(2) === 0,
    linearBeforeReset: pick(2) === 0,
    coupled: pick(2) === 0,
    clip: pick(2) === 0 ? Infinity : 3,
    emit: oneOf(site, cell === "lstm" ? ["sequence", "last", "cell"] : ["sequence", "last"]),
  });
};

const perChannel = ({ pick }: GeneralSite, channels: number): number => (pick(2) === 0 ? 1 : channels);

export const stepsStep: GeneralStep = (site, x) => {
  const { make, pick } = site;
  const rows = perChannel(site, x.type.shape[0] ?? 1);
  const count = 1 + pick(4);
  const data = Float64Array.from({ length: rows * count }, (_, i) => (i % count) - 1 + pick(3) / 4);
  const thresholds = floats("thresholds", [rows, count], data);
  return asReal(site, make("steps", [x], { thresholds, low: -pick(3) }));
};

/** Onto a grid and back. */
export const quantizeStep: GeneralStep = (site, x) => {
  const { make, pick } = site;
  const count = perChannel(site, x.type.shape[0] ?? 1);
  const scale = Array.from({ length: count }, () => oneOf(site, [0.25, 0.5, 1]));
  const zero = scale.map(() => pick(3) - 1);
  const round = oneOf(site, ["even", "up", "floor"] as const);
  const level = make("quantize", [x], { scale, zero, low: -4, high: 7, round });
  return make("dequantize", [level], { scale, zero });
};
