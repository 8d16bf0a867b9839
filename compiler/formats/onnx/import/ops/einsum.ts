import { quoteName } from "../../../../diagnostics/index.ts";
import { item, type Shape, sizeOf } from "../../../../ir/core/index.ts";
import { textOf } from "../attributes.ts";
import { bounded, reshaped } from "../forms.ts";
import { type Importer, refuseForm, type Site, valueAt, wrongAttribute, wrongShape } from "../site.ts";
import { type Value, wholeShape } from "../value.ts";
import { multiplied } from "./dense.ts";
import { reduced } from "./reduce.ts";
import { transposed } from "./transpose.ts";

/** A value of which each axis has a name: a letter, or a number for an axis that "..." stands for. */
interface Named {
  readonly value: Value;
  readonly axes: readonly string[];
}

type Extents = ReadonlyMap<string, number>;

/** "..." as numbers that count axes from the last one, so that those of all operands meet at the end. */
const axesOf = (site: Site, term: string, rank: number | null): readonly string[] => {
  const [before = "", after, ...more] = term.split("...");
  const named = [...before, ...(after ?? "")];
  const open = after === undefined ? 0 : (rank ?? named.length) - named.length;
  if (more.length > 0 || named.some((label) => !/^[a-zA-Z]$/.test(label)) || open < 0)
    return wrongAttribute(site, "equation", `"${quoteName(term)}" does not name the axes of an operand`);
  const between = Array.from({ length: open }, (_, i) => `${open - i}`);
  return [...before, ...between, ...(after ?? "")];
};

/** The axes of the result, where the equation does not state them: "..." and the letters that stand once, sorted. */
const impliedAxes = (operands: readonly (readonly string[])[]): readonly string[] => {
  const all = operands.flat();
  const open = [...new Set(all.filter((axis) => /\d/.test(axis)))].sort((a, b) => Number(b) - Number(a));
  const once = all.filter((axis) => !/\d/.test(axis) && all.indexOf(axis) === all.lastIndexOf(axis));
  return [...open, ...once.sort()];
};

const extentsOf = (site: Site, operands: readonly Named[]): Extents => {
  const extents = new Map<string, number>();
  for (const { value, axes } of operands)
    for (const [at, axis] of axes.entries()) {
      const extent = wholeShape(value)[at] ?? 0;
      const known = extents.get(axis) ?? extent;
      if (known !== extent) wrongShape(site, `axis ${axis} has extents ${known} and ${extent}`);
      extents.set(axis, extent);
    }
  return extents;
};

/** The axes in another order. */
const ordered = (site: Site, { value, axes }: Named, to: readonly string[]): Value =>
  transposed(
    site,
    value,
    to.map((axis) => axes.indexOf(axis)),
  );

/** Without the axes that nothing else needs: they are summed. */
const summed = (site: Site, { value, axes }: Named, needed: ReadonlySet<string>): Named => {
  const lost = axes.flatMap((axis, at) => (needed.has(axis) ? [] : [at]));
  if (lost.length === 0) return { value, axes };
  return { value: reduced(site, value, "sum", lost, false), axes: axes.filter((axis) => needed.has(axis)) };
};

/** The product of two operands, summed over the axes that both have and nothing else needs. */
const contracted = (site: Site, a: Named, b: Named, needed: ReadonlySet<string>, extents: Extents): Named => {
  const both = a.axes.filter((axis) => b.axes.includes(axis));
  const [shared, inner] = [both.filter((axis) => needed.has(axis)), both.filter((axis) => !needed.has(axis))];
  const rows = a.axes.filter((axis) => !both.includes(axis));
  const columns = b.axes.filter((axis) => !both.includes(axis));
  const shape = (axes: readonly string[]): Shape => axes.map((axis) => extents.get(axis) ?? 1);
  const size = (axes: readonly string[]): number => sizeOf(shape(axes));
  const front = shared.length === 0 && rows.length > 0 ? shape(rows) : [...shape(shared), size(rows)];
  const left = reshaped(site, ordered(site, a, [...shared, ...rows, ...inner]), [...front, size(inner)]);
  const right = reshaped(site, ordered(site, b, [...shared, ...inner, ...columns]), [
    ...shape(shared),
    size(inner),
    size(columns),
  ]);
  const axes = [...shared, ...rows, ...columns];
  bounded(site, shape(axes));
  return { value: reshaped(site, multiplied(site, left, right), shape(axes)), axes };
};

const operandsOf = (site: Site, terms: readonly string[]): readonly Named[] => {
  if (terms.length !== site.inputs.length)
    return wrongAttribute(
      site,
      "equation",
      `it has ${terms.length} operands, the node ${site.inputs.length}`,
    );
  return terms.map((term, i) => {
    const value = valueAt(site, i);
    const { length } = wholeShape(value);
    const axes = axesOf(site, term, length);
    if (axes.length !== length)
      return wrongAttribute(
        site,
        "equation",
        `"${quoteName(term)}" does not fit the ${length} axes of operand ${i}`,
      );
    if (new Set(axes).size < axes.length)
      return refuseForm(
        site,
        `"${quoteName(term)}" takes a diagonal`,
        "take the diagonal before with Gather",
      );
    return { value, axes };
  });
};

/** Sums of products over named axes: operands are joined from left to right. */
export const einsum: Importer = {
  inputs: [1, 16],
  attributes: ["equation"],
  run: (site) => {
    const [from = "", stated, ...more] = textOf(site, "equation", "").replace(/\s/g, "").split("->");
    if (more.length > 0) return wrongAttribute(site, "equation", "it has two arrows");
    const operands = operandsOf(site, from.split(","));
    const implied = impliedAxes(operands.map(({ axes }) => axes));
    const open = implied.filter((axis) => /\d/.test(axis)).length;
    const result =
      stated === undefined ? implied : axesOf(site, stated, stated.replace("...", "").length + open);
    const extents = extentsOf(site, operands);
    if (new Set(result).size < result.length || result.some((axis) => !extents.has(axis)))
      return wrongAttribute(site, "equation", "an axis of its result stands twice, or in no operand");
    const neededFrom = (i: number): ReadonlySet<string> =>
      new Set([...result, ...operands.slice(i).flatMap(({ axes }) => axes)]);
    const first = summed(site, item(operands, 0), neededFrom(1));
    const all = operands.slice(1).reduce((left, operand, i) => {
      const right = summed(site, operand, new Set([...left.axes, ...neededFrom(i + 2)]));
      const [a, b] =
        left.value.kind === "constant" && right.value.kind === "computed" ? [right, left] : [left, right];
      return contracted(site, a, b, neededFrom(i + 2), extents);
    }, first);
    return ordered(site, all, result);
  },
};
