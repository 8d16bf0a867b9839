import { item, type LinearMap, sizeOf, valuesOf } from "../ir/index.ts";
import { columnsOf } from "../map/columns.ts";

/** Called with the sources of one target and their weights; zeros may occur. */
export type Reads = (source: number, weight: number) => void;

type Conv = Extract<LinearMap, { kind: "conv" }>;
type Windows = Extract<LinearMap, { kind: "windows" }>;

/** Flat input position and tap for all taps of one output position. */
const taps = (
  map: Conv | Windows,
  kernel: readonly number[],
  place: number,
  visit: (at: number, tap: number) => void,
): void => {
  const from = map.from.slice(1);
  const to = map.to.slice(1);
  const count = sizeOf(kernel);
  for (let tap = 0; tap < count; tap++) {
    let [at, scale, p, k] = [0, 1, place, tap];
    for (let axis = from.length - 1; axis >= 0 && at >= 0; axis--) {
      const extent = item(from, axis);
      const position =
        (p % item(to, axis)) * (map.strides[axis] ?? 1) +
        (k % item(kernel, axis)) * (map.dilations[axis] ?? 1) -
        (map.pads[axis]?.[0] ?? 0);
      p = Math.floor(p / item(to, axis));
      k = Math.floor(k / item(kernel, axis));
      at = position < 0 || position >= extent ? -1 : at + position * scale;
      scale *= extent;
    }
    if (at >= 0) visit(at, tap);
  }
};

const convColumn = (map: Conv, target: number, visit: Reads): void => {
  const w = valuesOf(map.weight);
  const [outChannels = 1, inChannels = 1, ...kernel] = map.weight.shape;
  const size = sizeOf(kernel);
  const [inPlaces, outPlaces] = [sizeOf(map.from.slice(1)), sizeOf(map.to.slice(1))];
  const o = Math.floor(target / outPlaces);
  const first = Math.floor(o / (outChannels / map.groups)) * inChannels;
  taps(map, kernel, target % outPlaces, (at, tap) => {
    for (let i = 0; i < inChannels; i++)
      visit((first + i) * inPlaces + at, w[(o * inChannels + i) * size + tap] ?? 0);
  });
};

const windowColumn = (map: Windows, target: number, visit: Reads): void => {
  const [inPlaces, outPlaces] = [sizeOf(map.from.slice(1)), sizeOf(map.to.slice(1))];
  const channel = Math.floor(target / outPlaces);
  taps(map, map.kernel, target % outPlaces, (at) => visit(channel * inPlaces + at, 1));
};

/** The synapses that end in one target, without writing out convolutions. */
export const columnOf = (map: LinearMap, target: number, visit: Reads): void => {
  switch (map.kind) {
    case "conv":
      return convColumn(map, target, visit);
    case "windows":
      return windowColumn(map, target, visit);
    case "dense": {
      const w = valuesOf(map.weight);
      const sources = sizeOf(map.from);
      for (let s = 0; s < sources; s++) visit(s, w[target * sources + s] ?? 0);
      return;
    }
    case "diagonal": {
      const w = valuesOf(map.weight);
      return visit(target, w[Math.floor((target * w.length) / sizeOf(map.from))] ?? 0);
    }
    default: {
      const { offsets, source, weight } = columnsOf(map);
      for (let i = offsets[target] ?? 0; i < (offsets[target + 1] ?? 0); i++)
        visit(source[i] ?? 0, weight[i] ?? 0);
    }
  }
};
