/** How an output position maps to an input position (ONNX Resize, coordinate_transformation_mode). */
export const coordinates = [
  ...(["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners"] as const),
  ...(["asymmetric", "tf_crop_and_resize"] as const),
] as const;

export type Coordinates = (typeof coordinates)[number];

/** One axis that changes. `roi`: the part of it that is read, as fractions. */
export interface Resized {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  readonly roi: readonly [number, number];
}

export interface Interpolation {
  readonly mode: "nearest" | "linear" | "cubic";
  readonly nearest: "round_prefer_floor" | "round_prefer_ceil" | "floor" | "ceil";
  readonly cubic: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
}

/** Positions and weights [to, count]; `away`: positions outside the axis, which read nothing. */
export interface Taps {
  readonly index: Float64Array;
  readonly taps: Float64Array;
  readonly count: number;
  readonly away: readonly boolean[];
}

const placeOf = (x: number, { from, to, scale, roi: [start, end] }: Resized, how: Coordinates): number => {
  switch (how) {
    case "half_pixel":
      return (x + 0.5) / scale - 0.5;
    case "half_pixel_symmetric":
      return (from / 2) * (1 - to / (scale * from)) + (x + 0.5) / scale - 0.5;
    case "pytorch_half_pixel":
      return to === 1 ? -0.5 : (x + 0.5) / scale - 0.5;
    case "align_corners":
      return to === 1 ? 0 : (x * (from - 1)) / (scale * from - 1);
    case "asymmetric":
      return x / scale;
    case "tf_crop_and_resize": {
      const width = (end - start) * (from - 1);
      return start * (from - 1) + (to === 1 ? width / 2 : (x * width) / (to - 1));
    }
  }
};

const nearestTo = (x: number, mode: Interpolation["nearest"]): number => {
  switch (mode) {
    case "round_prefer_floor":
      return Math.ceil(x - 0.5);
    case "round_prefer_ceil":
      return Math.floor(x + 0.5);
    case "floor":
      return Math.floor(x);
    case "ceil":
      return Math.ceil(x);
  }
};

/** The kernel at a distance from its centre; Keys, cubic convolution interpolation (1981), with parameter a. */
const kernelAt = (distance: number, { mode, cubic: a }: Interpolation): number => {
  const d = Math.abs(distance);
  if (mode === "linear") return Math.max(0, 1 - d);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
};

const clamp = (at: number, extent: number): number => Math.min(extent - 1, Math.max(0, at));

interface Window {
  readonly at: readonly number[];
  readonly weights: readonly number[];
}

/** Positions that a kernel covers around one output. */
export const reachOf = ({ mode, antialias }: Interpolation, scale: number): number => {
  if (mode === "nearest") return 1;
  const narrow = antialias ? Math.min(1, scale) : 1;
  return 2 * Math.ceil((mode === "linear" ? 1 : 2) / narrow);
};

/** A kernel widened to the step between outputs when it smooths; weights that are cut off are given to the others. */
const windowAt = (x: number, { from, scale }: Resized, how: Interpolation): Window => {
  if (how.mode === "nearest") return { at: [clamp(nearestTo(x, how.nearest), from)], weights: [1] };
  const narrow = how.antialias ? Math.min(1, scale) : 1;
  const reach = how.mode === "linear" ? 1 : 2;
  const first = Math.floor(-reach / narrow) + 1;
  const base = Math.floor(x);
  const offsets = Array.from({ length: reachOf(how, scale) }, (_, k) => first + k);
  const raw = offsets.map((k) => kernelAt((k - (x - base)) * narrow, how));
  const inside = offsets.map((k) => base + k >= 0 && base + k < from);
  const cut = how.excludeOutside ? raw.map((w, i) => (inside[i] === true ? w : 0)) : raw;
  const sum = cut.reduce((total, w) => total + w, 0);
  return { at: offsets.map((k) => clamp(base + k, from)), weights: cut.map((w) => w / sum) };
};

/** What each position of a resized axis reads. */
export const tapsOf = (axis: Resized, how: Coordinates, kernel: Interpolation): Taps => {
  const places = Array.from({ length: axis.to }, (_, x) => placeOf(x, axis, how));
  const away = places.map((x) => how === "tf_crop_and_resize" && (x < 0 || x > axis.from - 1));
  const windows = places.map((x) => windowAt(x, axis, kernel));
  const count = windows.reduce((most, { at }) => Math.max(most, at.length), 1);
  const index = new Float64Array(axis.to * count).fill(-1);
  const taps = new Float64Array(axis.to * count);
  windows.forEach(({ at, weights }, x) => {
    if (away[x] === true) return;
    at.forEach((position, k) => {
      index[x * count + k] = position;
      taps[x * count + k] = weights[k] ?? 0;
    });
  });
  return { index, taps, count, away };
};
