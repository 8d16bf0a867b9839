import type { H5Content, H5Leaf, H5Object } from "../../../compiler/formats/hdf5/index.ts";
import { type Shape, sizeOf } from "../../../compiler/ir/index.ts";
import type { Random } from "../../../compiler/testing/index.ts";
import { edges } from "../bytes.ts";

type Tree = ReadonlyMap<string, H5Content>;

const isTree = (content: H5Content): content is Tree => content instanceof Map;

/** The content of a file that was read. */
export const contentOf = (object: H5Object): H5Content =>
  object.kind === "dataset"
    ? { shape: object.shape, values: object.read() }
    : new Map([...object.children].map(([name, child]) => [name, contentOf(child)]));

/** Parts of all seeds, to put into the place of others. */
export interface Donor {
  readonly leaves: readonly H5Leaf[];
  readonly names: readonly string[];
  readonly words: readonly string[];
}

export const donorOf = (trees: readonly Tree[]): Donor => {
  const leaves: H5Leaf[] = [];
  const names = new Set<string>();
  const visit = (content: H5Content): void => {
    if (!isTree(content)) leaves.push(content);
    else
      for (const [name, child] of content) {
        names.add(name);
        visit(child);
      }
  };
  for (const tree of trees) visit(tree);
  const words = new Set(leaves.flatMap(({ values }) => (values.kind === "texts" ? values.data : [])));
  return { leaves, names: [...names], words: [...words] };
};

const odd: readonly [number, ...number[]] = [
  ...([Number.NaN, Infinity, -Infinity, 0, -0, -1, 0.5, -0.5, 1e-45, 3e38, 1e300, -1e300] as const),
  ...edges,
];

const oddWords: readonly [string, ...string[]] = [
  "",
  "same",
  "valid",
  "NIRGraph",
  "__proto__",
  "constructor",
  "\u202e",
  "a".repeat(300),
];

const anyOf = <T>(list: readonly T[], random: Random, otherwise: T): T =>
  list[random.between(0, Math.max(0, list.length - 1))] ?? otherwise;

const resized = (leaf: H5Leaf, shape: Shape): H5Leaf => {
  const { values } = leaf;
  const length = sizeOf(shape);
  const { data } = values;
  const at = (i: number): number => i % Math.max(1, data.length);
  if (values.kind === "texts")
    return {
      shape,
      values: { kind: "texts", data: Array.from({ length }, (_, i) => values.data[at(i)] ?? "") },
    };
  return {
    shape,
    values: { ...values, data: Float64Array.from({ length }, (_, i) => values.data[at(i)] ?? 0) },
  };
};

/** Other extents that hold at most a few thousand values. */
const mutatedShape = (shape: Shape, random: Random): Shape => {
  const at = random.between(0, Math.max(0, shape.length - 1));
  const changed = ((): Shape => {
    switch (random.between(0, 5)) {
      case 0:
        return shape.toSpliced(at, 1);
      case 1:
        return shape.toSpliced(at, 0, random.pick([1, 1, 2, 3]));
      case 2:
        return shape.toReversed();
      case 3:
        return [sizeOf(shape)];
      default:
        return shape.map((extent, axis) =>
          axis === at ? random.pick([0, 1, 2, 3, extent + 1, 2 * extent]) : extent,
        );
    }
  })();
  return sizeOf(changed) <= 8192 && changed.length < 12 ? changed : shape;
};

const dtypes = ["f32", "f64", "i8", "i32", "i64", "u8", "u64", "bool"] as const;

const mutatedLeaf = (leaf: H5Leaf, donor: Donor, random: Random): H5Leaf => {
  const { shape, values } = leaf;
  switch (random.between(0, 9)) {
    case 0:
      return anyOf(donor.leaves, random, leaf);
    case 1:
    case 2:
      return resized(leaf, mutatedShape(shape, random));
    case 3:
      return values.kind === "numbers" ? { shape, values: { ...values, dtype: random.pick(dtypes) } } : leaf;
    default: {
      const at = random.between(0, Math.max(0, values.data.length - 1));
      if (values.kind === "texts") {
        const word = random.chance(60)
          ? anyOf(random.chance(50) ? donor.words : donor.names, random, "")
          : random.pick(oddWords);
        return { shape, values: { kind: "texts", data: values.data.map((w, i) => (i === at ? word : w)) } };
      }
      const value = random.chance(60) ? random.pick(odd) : (values.data[at] ?? 0) + random.between(-2, 2);
      const all = random.chance(20);
      return { shape, values: { ...values, data: values.data.map((x, i) => (all || i === at ? value : x)) } };
    }
  }
};

/** A name that HDF5 can hold. */
const nameOf = (donor: Donor, random: Random): string => {
  const name = random.chance(70) ? anyOf(donor.names, random, "x") : random.pick(oddWords);
  return name === "" || name.includes("/") ? "x" : name;
};

/** A tree with one change somewhere. */
export const mutatedTree = (tree: Tree, donor: Donor, random: Random): Tree => {
  const entries = [...tree];
  const at = random.between(0, Math.max(0, entries.length - 1));
  const entry = entries[at];
  if (entry === undefined) return new Map([[nameOf(donor, random), anyOf(donor.leaves, random, emptyLeaf)]]);
  const [name, content] = entry;
  if (isTree(content) && random.chance(85))
    return new Map([...tree, [name, mutatedTree(content, donor, random)]]);
  switch (random.between(0, 11)) {
    case 0:
      return new Map(entries.toSpliced(at, 1));
    case 1:
      return new Map(entries.with(at, [nameOf(donor, random), content]));
    case 2:
      return new Map([...tree, [nameOf(donor, random), content]]);
    case 3:
      return new Map(entries.with(at, [name, random.chance(50) ? tree : new Map()]));
    case 4:
      return new Map([...tree, [nameOf(donor, random), anyOf(donor.leaves, random, emptyLeaf)]]);
    default:
      return new Map(
        entries.with(at, [
          name,
          isTree(content) ? anyOf(donor.leaves, random, emptyLeaf) : mutatedLeaf(content, donor, random),
        ]),
      );
  }
};

const emptyLeaf: H5Leaf = { shape: [], values: { kind: "numbers", dtype: "f32", data: new Float64Array(1) } };
