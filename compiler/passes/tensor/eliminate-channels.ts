import { channelForms, type Form, type IndexSpace, indexSpaces } from "../../analysis/index.ts";
import { item, type TensorGraph, type TensorNode, type Weight } from "../../ir/index.ts";
import { definePass } from "../../pass/index.ts";
import {
  addConstant,
  ignores,
  type Linear,
  type Reader,
  readersOf,
  sharedWeights,
} from "./channel-readers.ts";
import { untilSettled } from "./fixpoint.ts";
import { type Regrouping, regroup, type Term } from "./regroup.ts";

// Drops channels that the network does not need, without any change of what it computes.
//
// before:
//   tensor "t" {
//     weight w : f64[4, 1] = [1, 0, 2, 5]
//     weight b : f64[4] = [0, 3, 0, 1]
//     weight v : f64[1, 4] = [10, 20, 30, 0]
//     x = input(name="x", shape=[1]) : f32(shape=[1]) @ "x"
//     fc1 = dense(x, weight=w, bias=b) : f32(shape=[4]) @ "fc1"
//     relu = unary(fc1, fn=relu) : f32(shape=[4]) @ "relu"
//     fc2 = dense(relu, weight=v) : f32(shape=[1]) @ "fc2"
//     output "y" = fc2
//   }
// after:
//   tensor "t" {
//     weight w : f64[1, 1] = [1]
//     weight b : f64[1] = [0]
//     weight v : f64[1, 1] = [70]
//     weight v_bias : f64[1] = [60]
//     x = input(name="x", shape=[1]) : f32(shape=[1]) @ "x"
//     fc1 = dense(x, weight=w, bias=b) : f32(shape=[1]) @ "fc1"
//     relu = unary(fc1, fn=relu) : f32(shape=[1]) @ "relu"
//     fc2 = dense(relu, weight=v, bias=v_bias) : f32(shape=[1]) @ "fc2"
//     output "y" = fc2
//   }
//
// A channel goes when
//   nobody reads it: all columns that read it are 0;
//   it is constant: its rows are 0, or its norm has scale 0; what it gives moves into the bias of the readers. A
//     convolution with padding reads 0 at the border instead of the constant, so there the constant must be 0;
//   it is a positive multiple of another one, at every reader: the columns add up, times the multiple. Multiples
//     survive relu, leaky relu and pools; other functions keep equal channels only (`analysis/channel-forms.ts`).
// Conditions: the index space is not frozen, and none of its weights is shared between layers. One channel of a
// space always stays. A multiple must be a short dyadic number, so that the product is exact.

interface Found {
  readonly dead: number;
  readonly constant: number;
  readonly merged: number;
}

interface Elimination {
  readonly regrouping: Regrouping;
  readonly shifts: readonly (readonly [TensorNode, Float64Array])[];
  readonly found: Found;
}

/** A reader with the forms of what it reads; null when nothing is known of them. */
interface Sight {
  readonly reader: Reader;
  readonly forms: readonly Form[] | null;
}

const readsBorder = ({ attrs }: Linear): boolean =>
  "pads" in attrs && attrs.pads.some(([before, after]) => before > 0 || after > 0);

/** The constant that a reader may take a channel for; null when it is none. */
const constantAt = ({ reader, forms }: Sight, index: number): number | null => {
  const constant = forms?.[index]?.constant ?? null;
  return constant !== 0 && readsBorder(reader.node) ? null : constant;
};

/** Numbers of at most ten bits before and after the point. */
const isShort = (factor: number): boolean => factor <= 1024 && Number.isInteger(factor * 1024);

/** How many times channel `of` channel `index` is, at each reader; null when it is no short multiple at one of them. */
const multiples = (sights: readonly Sight[], index: number, of: number): readonly number[] | null => {
  const factors = sights.map(({ forms }) => {
    const [a, b] = [forms?.[index], forms?.[of]];
    return a === undefined || b === undefined || a.key !== b.key ? NaN : a.scale / b.scale;
  });
  return factors.every(isShort) ? factors : null;
};

interface Kept {
  readonly index: number;
  /** Channels that are multiples of it, with the multiple at each reader. */
  readonly copies: { readonly index: number; readonly factors: readonly number[] }[];
}

/** Keeps the smallest of channels that are multiples of each other; the first one of equal ones. */
const mergeCopies = (sights: readonly Sight[], indices: readonly number[]): readonly Kept[] => {
  const first = sights[0]?.forms ?? null;
  const scaleOf = (index: number): number => first?.[index]?.scale ?? 1;
  const byKey = new Map<string, Kept[]>();
  const kept: Kept[] = [];
  for (const index of [...indices].sort((a, b) => scaleOf(a) - scaleOf(b) || a - b)) {
    const key = first?.[index]?.key ?? `${index}`;
    const alike = byKey.get(key) ?? [];
    const found = alike
      .map((k) => ({ k, factors: multiples(sights, index, k.index) }))
      .find(({ factors }) => factors !== null);
    if (found?.factors != null) found.k.copies.push({ index, factors: found.factors });
    else {
      const own: Kept = { index, copies: [] };
      kept.push(own);
      byKey.set(key, [...alike, own]);
    }
  }
  return kept.sort((a, b) => a.index - b.index);
};

const columnsFor = (
  sights: readonly Sight[],
  kept: readonly Kept[],
  weight: Weight,
): readonly (readonly Term[])[] => {
  const at = sights.findIndex(({ reader }) => reader.node.attrs.weight === weight);
  return kept.map(({ index, copies }) => [
    { index, factor: 1 },
    ...copies.map((copy) => ({ index: copy.index, factor: item(copy.factors, at) })),
  ]);
};

const shiftsOf = (sights: readonly Sight[], constants: readonly number[]): Elimination["shifts"] =>
  sights.flatMap((sight): Elimination["shifts"] => {
    const sums = new Float64Array(item(sight.reader.node.attrs.weight.shape, 0));
    for (const index of constants) addConstant(sight.reader, index, constantAt(sight, index) ?? 0, sums);
    return sums.every((s) => s === 0) ? [] : [[sight.reader.node, sums]];
  });

const eliminateFrom = (space: IndexSpace, sights: readonly Sight[]): Elimination | null => {
  const all = Array.from({ length: space.size }, (_, i) => i);
  const dead = new Set(all.filter((i) => sights.every(({ reader }) => ignores(reader, i))));
  const constant = new Set(
    all.filter((i) => !dead.has(i) && sights.every((sight) => constantAt(sight, i) !== null)),
  );
  const live = all.filter((i) => !dead.has(i) && !constant.has(i));
  if (live.length === 0) {
    dead.delete(0);
    constant.delete(0);
  }
  const kept = mergeCopies(sights, live.length === 0 ? [0] : live);
  if (kept.length === space.size) return null;
  const rows = kept.map(({ index }) => [{ index, factor: 1 }]);
  const found = {
    dead: dead.size,
    constant: constant.size,
    merged: space.size - dead.size - constant.size - kept.length,
  };
  const regrouping: Regrouping = { space, rows, columns: (weight) => columnsFor(sights, kept, weight) };
  return { regrouping, shifts: shiftsOf(sights, [...constant]), found };
};

const eliminations = (graph: TensorGraph): readonly Elimination[] => {
  const shared = sharedWeights(graph);
  const known = channelForms(graph);
  return indexSpaces(graph).flatMap((space) => {
    if (space.frozen !== null || space.size === 1) return [];
    if (space.members.some(({ holder }) => "stored" in holder && shared.has(holder))) return [];
    const sights = readersOf(graph, space).map((reader): Sight => {
      const channels = known(reader.node.inputs[0]);
      return { reader, forms: channels?.space === space ? channels.forms : null };
    });
    return sights.length === 0 ? [] : (eliminateFrom(space, sights) ?? []);
  });
};

export const eliminateChannels = definePass({
  name: "eliminate-channels",
  level: "tensor",
  summary: "Drops channels that nobody reads, that are constant, or that are multiples of another one.",
  contract: { kind: "exact" },
  idempotent: true,
  options: {},
  run: (graph, _options, context) => {
    const total = { dead: 0, constant: 0, merged: 0 };
    const settled = untilSettled(graph, (current) => {
      const found = eliminations(current);
      for (const { found: count } of found) {
        total.dead += count.dead;
        total.constant += count.constant;
        total.merged += count.merged;
      }
      const shifts = new Map(found.flatMap((e) => e.shifts));
      return regroup(
        current,
        found.map((e) => e.regrouping),
        { shifts, vectors: new Map() },
      );
    });
    for (const [name, count] of Object.entries(total))
      if (count > 0) context.measure(`${name} channels`, count);
    return settled;
  },
});
