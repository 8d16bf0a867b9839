import {
  fold,
  forGeneralOps,
  item,
  type NodeOf,
  type PerOp,
  perGraph,
  type Scalar,
  sha256,
  sizeOf,
  type Tensor,
  type TensorGraph,
  type TensorNode,
  valuesOf,
  type Weight,
} from "../ir/index.ts";
import { type IndexSpace, indexSpaces } from "./index-spaces.ts";

/**
 * What is known of one channel of a value: it is `scale` times something that `key` names, and `constant` everywhere
 * when that is not null. Two channels of the same value with one key are positive multiples of each other.
 */
export interface Form {
  readonly key: string;
  readonly scale: number;
  readonly constant: number | null;
}

/** Forms of the channels (axis 0) of a value, one per index of their space. */
export interface Channels {
  readonly space: IndexSpace;
  readonly forms: readonly Form[];
}

const keyOf = (...parts: readonly (string | Float64Array)[]): string =>
  sha256(
    ...parts.map((part) =>
      typeof part === "string" ? `${part};` : new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
    ),
  );

const zeroKey = "0";

const constantForm = (c: number): Form =>
  c === 0
    ? { key: zeroKey, scale: 1, constant: 0 }
    : { key: c > 0 ? "+" : "-", scale: Math.abs(c), constant: c };

const firstSize = (row: Float64Array): number => Math.abs(row.find((w) => w !== 0) ?? 0);

/** Numbers over a common factor; adding 0 makes every zero +0, so that equal rows have equal bytes. */
const over = (row: Float64Array, factor: number): Float64Array => row.map((w) => w / factor + 0);

const rowOf = (weight: Weight, index: number): Float64Array => {
  const inner = sizeOf(weight.shape.slice(1));
  return valuesOf(weight).subarray(index * inner, (index + 1) * inner);
};

const entryOf = (weight: Weight | null, index: number): number => {
  if (weight === null) return 0;
  const values = valuesOf(weight);
  return item(values, values.length === 1 ? 0 : index);
};

/** w x + b: rows that are multiples of each other, bias included, make multiples. */
const producedForm = (row: Float64Array, bias: number): Form => {
  const scale = firstSize(row);
  if (scale === 0) return constantForm(bias);
  return { key: keyOf(over(row, scale), Float64Array.of(bias / scale + 0)), scale, constant: null };
};

/** a x + c */
const affineForm = ({ key, scale, constant }: Form, a: number, c: number): Form => {
  if (constant !== null) return constantForm(a * constant + c);
  if (a === 0) return constantForm(c);
  const size = Math.abs(a) * scale;
  if (c === 0 && a > 0) return { key, scale: size, constant: null };
  return { key: keyOf(key, Float64Array.of(Math.sign(a), c / size + 0)), scale: size, constant: null };
};

/** A depthwise row over one channel; `padded` when windows may reach over the edge, where the input is 0. */
const depthwiseForm = (x: Form, row: Float64Array, bias: number, padded: boolean): Form => {
  const size = firstSize(row);
  if (size === 0 || x.constant === 0) return constantForm(bias);
  if (x.constant !== null && !padded)
    return constantForm(row.reduce((sum, w) => sum + w, 0) * x.constant + bias);
  const scale = x.scale * size;
  return { key: keyOf(x.key, over(row, size), Float64Array.of(bias / scale + 0)), scale, constant: null };
};

/** Functions f with f(s x) = s f(x) for s > 0 keep multiples; the others keep only equal channels. */
const scalarForm = (form: Form, fn: Scalar): Form => {
  const { key, scale, constant } = form;
  const bent: Form = { key: keyOf(key, Float64Array.of(scale)), scale: 1, constant: null };
  switch (fn.kind) {
    case "relu":
      return constant === null ? form : constantForm(Math.max(0, constant));
    case "leakyRelu":
      return constant === null ? form : constantForm(constant < 0 ? fn.slope * constant : constant);
    case "clip":
      return constant === null ? bent : constantForm(Math.min(fn.high, Math.max(fn.low, constant)));
    default:
      return bent;
  }
};

const addForm = (terms: readonly Form[]): Form => {
  if (terms.every(({ constant }) => constant !== null))
    return constantForm(terms.reduce((sum, { constant }) => sum + (constant ?? 0), 0));
  const scale = terms.find(({ key }) => key !== zeroKey)?.scale ?? 1;
  const parts = terms.map((t) => (t.key === zeroKey ? zeroKey : `${t.key}*${t.scale / scale}`));
  return { key: keyOf(...parts), scale, constant: null };
};

const isPadded = (pads: readonly (readonly [number, number])[]): boolean =>
  pads.some(([before, after]) => before + after > 0);

/** The space of axis 0 of each value, for values of which an index is one channel. */
const singleSpaces = (
  graph: TensorGraph,
): ReadonlyMap<TensorNode, { readonly space: IndexSpace; readonly block: number }> =>
  new Map(
    indexSpaces(graph).flatMap((space) =>
      space.members.flatMap(({ holder, axis, block }) =>
        "op" in holder && axis === 0 ? [[holder, { space, block }] as const] : [],
      ),
    ),
  );

type Known = Channels | null;

const tableFor = (graph: TensorGraph): PerOp<Tensor, Known> => {
  const spaces = singleSpaces(graph);
  /** Forms made anew, for a value of which every index is one channel. */
  const fresh = (node: TensorNode, form: (index: number) => Form): Known => {
    const found = spaces.get(node);
    if (found === undefined || found.block !== 1 || found.space.frozen !== null) return null;
    return { space: found.space, forms: Array.from({ length: found.space.size }, (_, i) => form(i)) };
  };
  /** Forms from those of the input, index by index. */
  const each = (node: TensorNode, x: Known, form: (form: Form, index: number) => Form): Known =>
    x === null || spaces.get(node)?.space !== x.space ? null : { space: x.space, forms: x.forms.map(form) };
  const same = (node: TensorNode, x: Known): Known => each(node, x, (form) => form);
  const perChannel = (node: TensorNode, weight: Weight | null): boolean =>
    weight === null || [1, spaces.get(node)?.space.size].includes(sizeOf(weight.shape));
  const conv = (node: NodeOf<Tensor, "conv">, x: Known): Known => {
    const { weight, bias, groups, pads } = node.attrs;
    if (groups === 1) return fresh(node, (i) => producedForm(rowOf(weight, i), entryOf(bias, i)));
    if (spaces.get(node)?.block !== 1 || weight.shape[0] !== groups) return null;
    return each(node, x, (form, i) =>
      depthwiseForm(form, rowOf(weight, i), entryOf(bias, i), isPadded(pads)),
    );
  };
  const nothing = (): Known => null;
  return {
    ...forGeneralOps(nothing),
    input: nothing,
    constant: nothing,
    opaque: nothing,
    quantize: nothing,
    dequantize: nothing,
    softmax: nothing,
    transpose: nothing,
    concat: nothing,
    dense: (node) => {
      const { weight, bias } = node.attrs;
      return node.type.shape.length > 1
        ? null
        : fresh(node, (i) => producedForm(rowOf(weight, i), entryOf(bias, i)));
    },
    conv: (node, of) => conv(node, of(node.inputs[0])),
    batchNorm: (node, of) => {
      const { scale, shift, mean, variance, epsilon } = node.attrs;
      const gain = (i: number): number => entryOf(scale, i) / Math.sqrt(entryOf(variance, i) + epsilon);
      if (!perChannel(node, scale)) return null;
      return each(node, of(node.inputs[0]), (form, i) =>
        affineForm(form, gain(i), entryOf(shift, i) - gain(i) * entryOf(mean, i)),
      );
    },
    affine: (node, of) => {
      const { scale, shift } = node.attrs;
      if (!perChannel(node, scale) || !perChannel(node, shift)) return null;
      return each(node, of(node.inputs[0]), (form, i) =>
        affineForm(form, entryOf(scale, i), entryOf(shift, i)),
      );
    },
    unary: (node, of) => each(node, of(node.inputs[0]), (form) => scalarForm(form, node.attrs.fn)),
    add: (node, of) => {
      const terms = node.inputs.map(of).filter((known) => known !== null);
      if (terms.length < node.inputs.length) return null;
      return each(node, item(terms, 0), (_, i) => addForm(terms.map(({ forms }) => item(forms, i))));
    },
    maxPool: (node, of) => same(node, of(node.inputs[0])),
    averagePool: (node, of) => {
      const even = !node.attrs.countPads || !isPadded(node.attrs.pads);
      return each(node, of(node.inputs[0]), (form) =>
        even || form.constant === 0 ? form : { ...form, constant: null },
      );
    },
    reshape: (node, of) => same(node, of(node.inputs[0])),
  };
};

/**
 * Forms of the channels of every value of a network; null where nothing is known. Rows are compared as quotients,
 * which tells all numbers of single precision apart.
 */
export const channelForms: (graph: TensorGraph) => (node: TensorNode) => Channels | null = perGraph(
  (graph: TensorGraph) => fold(tableFor(graph)),
);
