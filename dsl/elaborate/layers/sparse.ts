import {
  item as at,
  randomFrom,
  type Shape,
  sizeOf,
  type Weight,
  weight,
} from "../../../compiler/ir/core/index.ts";
import { parameterFaults } from "../../diagnostics/parameter.ts";
import { chosenOf } from "../chosen.ts";
import { placeOf, report } from "../context.ts";
import { showCount } from "../count.ts";
import { fansOf } from "../init.ts";
import { seedOf } from "../initial.ts";
import type { Item, WordItem } from "../items.ts";
import { share, size, text } from "../kinds.ts";
import { itemOfOption, matchOptions, required, signature } from "../options.ts";
import { resolveFile } from "../paths.ts";
import { parameter, type Site } from "./layer.ts";

/** Which synapses stay, in the order of the weights: those that are not 0. */
type Mask = Uint8Array | Float64Array;

/** `maskOf` is asked once the numbers are read: a mask may be as large as they are. */
const masked = (of: Weight, maskOf: (values: Float64Array) => Mask): Weight => {
  const data = (): Float64Array => {
    const values = of.stored();
    const mask = maskOf(values);
    return values.map((w, i) => (mask[i] === 0 ? 0 : w));
  };
  return weight({ name: of.name, shape: of.shape, dtype: of.dtype, data });
};

const derive = (
  site: Site,
  of: Weight,
  extra: readonly Weight[],
  make: (given: readonly Weight[]) => Weight,
): Weight =>
  parameter(site, "weight.sparse", of.shape, { kind: "derived", from: [of, ...extra], base: of, make });

const withMask = (site: Site, of: Weight, draw: () => Mask): Weight =>
  derive(site, of, [], (given) => masked(at(given, 0), draw));

const signatures = {
  random: signature("random", ["keep"], ["keep", "seed"]),
  blocks: signature("blocks", ["size"], ["keep", "seed"]),
  mask: signature("mask", ["file", "name"]),
} as const;

const counted = (kept: number, all: number, what: string): string =>
  `draws ${showCount(kept)} of ${showCount(all)} ${what}`;

const randomMask = (site: Site, of: Weight, item: WordItem): Weight | null => {
  const { context } = site;
  const options = matchOptions(context, item.within, signatures.random, item.args ?? [], item.span);
  const keep = options === null ? null : required(options, "keep", share);
  if (keep === null) return null;
  const all = sizeOf(of.shape);
  const kept = Math.round(all * keep);
  const seed = seedOf(context, item, options, counted(kept, all, "synapses"));
  return seed === null ? null : withMask(site, of, () => chosenOf(randomFrom(seed), kept, all));
};

/** Rows are outputs, columns all that one output reads. */
const matrixOf = (shape: Shape): { readonly rows: number; readonly columns: number } => ({
  rows: at(shape, 0),
  columns: sizeOf(shape.slice(1)),
});

const blockMask = (site: Site, of: Weight, item: WordItem): Weight | null => {
  const { context } = site;
  const options = matchOptions(context, item.within, signatures.blocks, item.args ?? [], item.span);
  const keep = options === null ? null : required(options, "keep", share);
  const extents = options === null ? null : required(options, "size", size);
  if (keep === null || extents === null) return null;
  const { rows, columns } = matrixOf(of.shape);
  const [high = 1, wide = high] = extents;
  const [down, across] = [Math.ceil(rows / high), Math.ceil(columns / wide)];
  const kept = Math.round(down * across * keep);
  const seed = seedOf(context, item, options, counted(kept, down * across, "blocks"));
  if (seed === null) return null;
  return withMask(site, of, () => {
    const blocks = chosenOf(randomFrom(seed), kept, down * across);
    const blockAt = (i: number): number =>
      Math.floor(Math.floor(i / columns) / high) * across + Math.floor((i % columns) / wide);
    return Uint8Array.from({ length: rows * columns }, (_, i) => at(blocks, blockAt(i)));
  });
};

/** Indices of the `part` greatest magnitudes of a group; of equal ones the first. */
const greatest = (values: Float64Array, from: number, to: number, part: number): readonly number[] =>
  Array.from({ length: to - from }, (_, i) => from + i)
    .sort((a, b) => Math.abs(at(values, b)) - Math.abs(at(values, a)) || a - b)
    .slice(0, part);

/** Of each `whole` neighbours that one output reads, the `part` greatest stay. */
const ratioMask = (site: Site, of: Weight, item: Item & { readonly kind: "ratio" }): Weight | null => {
  const { part, whole } = item;
  const { context } = site;
  if (part < 1 || part > whole)
    return report(context, parameterFaults.report("ratio", placeOf(context, item.span), { part, whole }));
  const { rows, columns } = matrixOf(of.shape);
  const maskOf = (values: Float64Array): Mask => {
    const kept = new Uint8Array(values.length);
    for (let row = 0; row < rows; row++)
      for (let c = 0; c < columns; c += whole) {
        const to = row * columns + Math.min(c + whole, columns);
        for (const i of greatest(values, row * columns + c, to, part)) kept[i] = 1;
      }
    return kept;
  };
  return derive(site, of, [], (given) => masked(at(given, 0), maskOf));
};

const fileMask = (site: Site, of: Weight, item: WordItem): Weight | null => {
  const { context } = site;
  const options = matchOptions(context, item.within, signatures.mask, item.args ?? [], item.span);
  const file = options === null ? null : required(options, "file", text);
  const name = options === null ? null : required(options, "name", text);
  const path = file === null ? null : resolveFile(context, file);
  if (file === null || name === null || path === null) return null;
  const init = { kind: "load", file, path, name: name.text } as const;
  const mask = parameter(site, "mask", of.shape, { kind: "init", init, fans: fansOf(of.shape) });
  return derive(site, of, [mask], (given) => masked(at(given, 0), () => at(given, 1).stored()));
};

/** The weights of a layer without the synapses that its `sparse` leaves out. Null: a fault was reported. */
export const sparseWeight = (site: Site, of: Weight): Weight | null => {
  if (!site.options.given.has("sparse")) return of;
  const item = itemOfOption(site.options, "sparse");
  if (item?.kind === "ratio") return ratioMask(site, of, item);
  if (item?.kind === "word" && item.text === "random") return randomMask(site, of, item);
  if (item?.kind === "word" && item.text === "blocks") return blockMask(site, of, item);
  if (item?.kind === "word" && item.text === "mask") return fileMask(site, of, item);
  const where = placeOf(site.context, item?.span ?? site.span);
  return report(site.context, parameterFaults.report("sparse", where, { owner: site.options.owner }));
};
