import { unreachable } from "../../../compiler/diagnostics/index.ts";
import { item, type Shape, sizeOf, stridesOf, type Weight } from "../../../compiler/ir/core/index.ts";
import type { LinearMap, MapOf, Sliding } from "../../../compiler/ir/linear/index.ts";

/** A map written out: matrix[target][source], exact. */
export type Matrix = readonly (readonly bigint[])[];

const indicesOf = (shape: Shape): readonly Shape[] =>
  shape.reduce<readonly Shape[]>(
    (found, extent) => found.flatMap((index) => Array.from({ length: extent }, (_, i) => [...index, i])),
    [[]],
  );

const flatIndex = (index: Shape, shape: Shape): number => {
  const strides = stridesOf(shape);
  return index.reduce((sum, i, axis) => sum + i * item(strides, axis), 0);
};

const entriesOf = (w: Weight): readonly bigint[] => Array.from(w.stored(), (n) => BigInt(n));

const zeros = (map: LinearMap): bigint[][] =>
  Array.from({ length: sizeOf(map.to) }, () => Array.from({ length: sizeOf(map.from) }, () => 0n));

/** What tap `tap` of the window at `place` reads, or null in the padding. */
const reads = (place: Shape, tap: Shape, space: Shape, s: Sliding): Shape | null => {
  const at = place.map(
    (p, axis) =>
      p * (s.strides[axis] ?? 1) + item(tap, axis) * (s.dilations[axis] ?? 1) - (s.pads[axis]?.[0] ?? 0),
  );
  return at.every((x, axis) => x >= 0 && x < item(space, axis)) ? at : null;
};

/** Calls `visit` for every (output channel, input channel, tap) of a sliding map. */
const slid = (
  map: MapOf<"conv"> | MapOf<"windows">,
  kernel: Shape,
  weightOf: (out: number, channel: number, tap: Shape) => bigint,
): Matrix => {
  const matrix = zeros(map);
  const space = map.from.slice(1);
  for (const [out = 0, ...place] of indicesOf(map.to))
    for (const [channel = 0, ...tap] of indicesOf([item(map.from, 0), ...kernel])) {
      const at = reads(place, tap, space, map);
      if (at === null) continue;
      const row = item(matrix, flatIndex([out, ...place], map.to));
      const column = flatIndex([channel, ...at], map.from);
      row[column] = item(row, column) + weightOf(out, channel, tap);
    }
  return matrix;
};

const convMatrix = (map: MapOf<"conv">): Matrix => {
  const w = entriesOf(map.weight);
  const [outs = 1, perGroup = 1, ...kernel] = map.weight.shape;
  const outsPerGroup = outs / map.groups;
  return slid(map, kernel, (out, channel, tap) => {
    const inGroup = channel - Math.floor(out / outsPerGroup) * perGroup;
    if (inGroup < 0 || inGroup >= perGroup) return 0n;
    return item(w, flatIndex([out, inGroup, ...tap], map.weight.shape));
  });
};

const sparseMatrix = (map: MapOf<"sparse">): Matrix => {
  const matrix = zeros(map);
  const [rows, columns] = [map.row.stored(), map.column.stored()];
  entriesOf(map.weight).forEach((w, k) => {
    const row = item(matrix, item(rows, k));
    row[item(columns, k)] = item(row, item(columns, k)) + w;
  });
  return matrix;
};

const identity = (size: number): Matrix =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1n : 0n)));

/** second times first */
export const product = (second: Matrix, first: Matrix): Matrix =>
  second.map((row) =>
    item(first, 0).map((_, column) => row.reduce((sum, w, k) => sum + w * item(item(first, k), column), 0n)),
  );

export const transposedMatrix = (matrix: Matrix): Matrix =>
  item(matrix, 0).map((_, column) => matrix.map((row) => item(row, column)));

/** Every entry from the equation of its kind, without the code under test. */
export const matrixOf = (map: LinearMap): Matrix => {
  switch (map.kind) {
    case "dense": {
      const w = entriesOf(map.weight);
      return zeros(map).map((row, t) => row.map((_, s) => item(w, t * row.length + s)));
    }
    case "conv":
      return convMatrix(map);
    case "windows":
      return slid(map, map.kernel, (out, channel) => (out === channel ? 1n : 0n));
    case "sparse":
      return sparseMatrix(map);
    case "diagonal": {
      const w = entriesOf(map.weight);
      return zeros(map).map((row, t) =>
        row.map((_, s) => (s === t ? item(w, Math.floor((t * w.length) / row.length)) : 0n)),
      );
    }
    case "view": {
      const sources = indicesOf(map.to).map((index) =>
        index.reduce((at, i, axis) => at + i * item(map.strides, axis), map.start),
      );
      return zeros(map).map((row, t) => row.map((_, s) => (s === sources[t] ? 1n : 0n)));
    }
    case "adjoint":
      return transposedMatrix(matrixOf(map.of));
    case "chain":
      return map.maps.reduce((done, part) => product(matrixOf(part), done), identity(sizeOf(map.from)));
    default:
      return unreachable(map);
  }
};

/** A x */
export const times = (matrix: Matrix, x: readonly bigint[]): readonly bigint[] =>
  matrix.map((row) => row.reduce((sum, w, s) => sum + w * item(x, s), 0n));
