import {
  Failure,
  type Fields,
  fieldsOf,
  integersOf,
  listOf,
  textOf,
  type Weights,
  weightIn,
} from "./read.ts";

/** 2^26 - 5: products of two residues are exact in doubles. */
export const prime = 67108859;

export const mod = (n: number): number => ((n % prime) + prime) % prime;

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

type Add = (target: number, source: number, weight: number) => void;

const optional = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : listOf(value, "per-axis values");

/** Every (target, source, weight) of a sliding map; `tap(tap index)` lists what one tap connects. */
const slide = (
  map: Fields,
  kernel: readonly number[],
  visit: (outer: number, tap: number, inner: number) => void,
): void => {
  const from = integersOf(map.from, "from").slice(1);
  const to = integersOf(map.to, "to").slice(1);
  const at = (name: string, axis: number): number => Number(optional(map[name])[axis] ?? 1);
  const pad = (axis: number): number => integersOf(optional(map.pads)[axis] ?? [0, 0], "pads")[0] ?? 0;
  const walk = (axis: number, outer: number, tap: number, inner: number): void => {
    const [extent, out, size] = [from[axis], to[axis], kernel[axis]];
    if (extent === undefined || out === undefined || size === undefined) return visit(outer, tap, inner);
    for (let o = 0; o < out; o++)
      for (let k = 0; k < size; k++) {
        const x = o * at("strides", axis) + k * at("dilations", axis) - pad(axis);
        if (x >= 0 && x < extent) walk(axis + 1, outer * out + o, tap * size + k, inner * extent + x);
      }
  };
  walk(0, 0, 0, 0);
};

const conv = (map: Fields, weights: Weights, add: Add): void => {
  const { shape, data } = weightIn(weights, map.weight);
  const [outs = 1, ins = 1, ...kernel] = shape;
  const groups = Number(map.groups ?? 1);
  const [inPlace, outPlace] = [
    product(integersOf(map.from, "from").slice(1)),
    product(integersOf(map.to, "to").slice(1)),
  ];
  slide(map, kernel, (outer, tap, inner) => {
    for (let o = 0; o < outs; o++)
      for (let i = 0; i < ins; i++) {
        const channel = Math.floor(o / (outs / groups)) * ins + i;
        add(
          o * outPlace + outer,
          channel * inPlace + inner,
          data[(o * ins + i) * product(kernel) + tap] ?? 0,
        );
      }
  });
};

const view = (map: Fields, add: Add): void => {
  const [to, strides] = [integersOf(map.to, "to"), integersOf(map.strides, "strides")];
  for (let i = 0; i < product(to); i++) {
    let [rest, at] = [i, Number(map.start ?? 0)];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      at += (rest % (to[axis] ?? 1)) * (strides[axis] ?? 0);
      rest = Math.floor(rest / (to[axis] ?? 1));
    }
    add(i, at, 1);
  }
};

/** Every synapse of a linear map; chains are applied part by part instead. */
const synapses = (map: Fields, weights: Weights, add: Add): void => {
  const [ins, outs] = [product(integersOf(map.from, "from")), product(integersOf(map.to, "to"))];
  switch (textOf(map.kind, "kind of a map")) {
    case "dense": {
      const { data } = weightIn(weights, map.weight);
      for (let t = 0; t < outs; t++) for (let s = 0; s < ins; s++) add(t, s, data[t * ins + s] ?? 0);
      return;
    }
    case "conv":
      return conv(map, weights, add);
    case "windows": {
      const [inPlace, outPlace] = [ins, outs].map((n) => n / (integersOf(map.from, "from")[0] ?? 1));
      slide(map, integersOf(map.kernel, "kernel"), (outer, _tap, inner) => {
        for (let c = 0; c < (integersOf(map.from, "from")[0] ?? 1); c++)
          add(c * (outPlace ?? 1) + outer, c * (inPlace ?? 1) + inner, 1);
      });
      return;
    }
    case "sparse": {
      const [row, column, data] = ["row", "column", "weight"].map(
        (name) => weightIn(weights, map[name]).data,
      );
      data?.forEach((w, i) => {
        add(row?.[i] ?? -1, column?.[i] ?? -1, w);
      });
      return;
    }
    case "diagonal": {
      const { data } = weightIn(weights, map.weight);
      for (let i = 0; i < ins; i++) add(i, i, data[Math.floor((i * data.length) / ins)] ?? 0);
      return;
    }
    case "view":
      return view(map, add);
    case "adjoint":
      return synapses(fieldsOf(map.of, "of"), weights, (t, s, w) => add(s, t, w));
    default:
      throw new Failure(`a map is of kind ${String(map.kind)}`);
  }
};

/** How sums are kept: modulo the prime, or as they are. */
export type Reduce = (n: number) => number;

/** A x, every product and sum reduced. */
export const applyMap = (map: Fields, weights: Weights, x: Float64Array, reduce: Reduce): Float64Array => {
  if (map.kind === "chain")
    return listOf(map.maps, "maps").reduce<Float64Array>(
      (v, part) => applyMap(fieldsOf(part, "a map"), weights, v, reduce),
      x,
    );
  const y = new Float64Array(product(integersOf(map.to, "to")));
  synapses(map, weights, (t, s, w) => {
    y[t] = reduce((y[t] ?? 0) + reduce(w) * (x[s] ?? 0));
  });
  return y;
};

/** Greatest of every window. */
export const maxOf = (map: Fields, weights: Weights, x: Float64Array): Float64Array => {
  const y = new Float64Array(product(integersOf(map.to, "to"))).fill(-Infinity);
  synapses(map, weights, (t, s) => {
    y[t] = Math.max(y[t] ?? 0, x[s] ?? 0);
  });
  return y;
};

export const sizeIn = (shape: unknown): number => product(integersOf(shape, "shape"));
