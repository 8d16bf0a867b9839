import { type LinearMap, valuesOf, type Weight, weight } from "../ir/index.ts";
import type { NativeNetwork, NativeNode, NativeOp } from "./network.ts";

/** A network whose weights are rounded, and how far. */
export interface Rounded {
  readonly network: NativeNetwork;
  /** Layers whose weights were rounded. */
  readonly layers: number;
  /** Greatest |w - rounded| over the greatest magnitude of the output channel of w. */
  readonly change: number;
}

const away = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

/** Greatest magnitude of every row; `rowOf` gives the row of an entry. */
const greatestOf = (values: Float64Array, rows: number, rowOf: (i: number) => number): Float64Array => {
  const greatest = new Float64Array(rows);
  values.forEach((w, i) => {
    greatest[rowOf(i)] = Math.max(greatest[rowOf(i)] ?? 0, Math.abs(w));
  });
  return greatest;
};

/** Weights on 2 levels + 1 points from -greatest to greatest of their row, ties away from zero. */
const onGrid = (of: Weight, levels: number, rows: number, rowOf: (i: number) => number): Weight => {
  const data = (): Float64Array => {
    const values = valuesOf(of);
    const greatest = greatestOf(values, rows, rowOf);
    return values.map((w, i) => {
      const scale = (greatest[rowOf(i)] ?? 0) / levels;
      return scale === 0 ? 0 : scale * away(w / scale);
    });
  };
  return weight({ name: of.name, shape: of.shape, dtype: "f64", data });
};

/** Rows are the first axis. */
const byFirstAxis = (of: Weight, levels: number): Weight => {
  const rows = of.shape[0] ?? 1;
  const columns = Math.max(1, valuesOf(of).length / rows);
  return onGrid(of, levels, rows, (i) => Math.floor(i / columns));
};

/** Other maps have no weights of their own, or only factors. */
const roundedMap = (map: LinearMap, levels: number): LinearMap => {
  if (map.kind === "dense" || map.kind === "conv") return { ...map, weight: byFirstAxis(map.weight, levels) };
  if (map.kind !== "sparse") return map;
  const rows = valuesOf(map.row);
  const count = rows.reduce((most, row) => Math.max(most, row + 1), 0);
  return { ...map, weight: onGrid(map.weight, levels, count, (i) => rows[i] ?? 0) };
};

const roundedOp = (op: NativeOp, levels: number): NativeOp => {
  switch (op.kind) {
    case "affine":
    case "conv":
      return { ...op, weight: byFirstAxis(op.weight, levels) };
    case "linear":
      return { ...op, map: roundedMap(op.map, levels) };
    default:
      return op;
  }
};

const weightIn = (op: NativeOp): Weight | null => {
  if (op.kind === "affine" || op.kind === "conv") return op.weight;
  if (op.kind !== "linear") return null;
  const { map } = op;
  return map.kind === "dense" || map.kind === "conv" || map.kind === "sparse" ? map.weight : null;
};

/** Greatest change of a weight, over the greatest weight of its layer. */
const changeOf = (before: NativeOp, after: NativeOp): number | null => {
  const [from, to] = [weightIn(before), weightIn(after)];
  if (from === null || to === null) return null;
  const values = valuesOf(from);
  const moved = valuesOf(to);
  const greatest = values.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const change = values.reduce((most, w, i) => Math.max(most, Math.abs(w - (moved[i] ?? 0))), 0);
  return greatest === 0 ? 0 : change / greatest;
};

/**
 * Rounds the weights of dense layers and convs to whole numbers of `bits` bits with a sign, times one scale for each
 * output channel of a node: synapses of another delay are a node of their own. Biases and neurons keep their numbers.
 */
export const roundWeights = (
  network: NativeNetwork,
  bits: number,
  chosen: (node: NativeNode) => boolean = () => true,
): Rounded => {
  const levels = 2 ** (bits - 1) - 1;
  const nodes = network.nodes.map((node) =>
    chosen(node) ? { ...node, op: roundedOp(node.op, levels) } : node,
  );
  const changes = network.nodes.flatMap((node, i) => {
    const op = nodes[i]?.op ?? node.op;
    const change = op === node.op ? null : changeOf(node.op, op);
    return change === null ? [] : [{ stage: node.origins[0]?.name ?? node.name, change }];
  });
  const change = changes.reduce((most, c) => Math.max(most, c.change), 0);
  const layers = new Set(changes.map(({ stage }) => stage)).size;
  return { network: { ...network, nodes }, layers, change };
};
