import { quoteName } from "../../../../diagnostics/index.ts";
import { item, type Shape, sizeOf } from "../../../../ir/core/index.ts";
import { intOf, textOf } from "../attributes.ts";
import { axisOf, bounded, onAxes, reshaped, settled, settledAs, whole } from "../forms.ts";
import { type Importer, type Site, spend, valueAt, wrongAttribute, wrongShape, wrongValue } from "../site.ts";
import { type Value, wholeShape } from "../value.ts";
import { picked, sliced } from "./slice.ts";

/** Entries of one axis; constant indices become a slice or a fixed pick, others a gather. */
const gather: Importer = {
  inputs: [2, 2],
  attributes: ["axis"],
  run: (site) => {
    const [value, index] = [valueAt(site, 0), valueAt(site, 1)];
    const shape = wholeShape(value);
    const axis = axisOf(site, intOf(site, "axis", 0), shape.length);
    const to = [...shape.slice(0, axis), ...wholeShape(index), ...shape.slice(axis + 1)];
    bounded(site, to);
    if (index.kind === "computed") {
      const node = site.make("gather", [whole(site, value), whole(site, index)], { axis, mode: "take" });
      return settled(site, node, value.element);
    }
    const extent = item(shape, axis);
    spend(site, "elements", sizeOf(index.weight.shape));
    const at = Array.from(index.weight.stored(), (i) => (i < 0 ? i + extent : i));
    const wrong = at.find((i) => !(Number.isInteger(i) && i >= 0 && i < extent));
    if (wrong !== undefined) return wrongShape(site, `index ${wrong} is outside axis ${axis}`);
    const [first = 0] = at;
    if (at.length > 0 && at.every((i, k) => i === first + k))
      return reshaped(site, sliced(site, value, axis, first, at.length, 1), to);
    const { node, axes, lead } = onAxes(site, value, [axis]);
    const made = settledAs(site, picked(site, node, axes[0] ?? 0, at), lead, value.element);
    return reshaped(site, made, to);
  },
};

/** Constant indices have to be whole numbers inside their axes; entry k counts along `extents[k modulo their number]`. */
const checkPlaces = (site: Site, index: Value, extents: Shape): void => {
  if (index.kind !== "constant") return;
  const wrong = index.weight.stored().findIndex((place, k) => {
    const extent = extents[k % extents.length] ?? 0;
    return !(Number.isInteger(place) && place >= -extent && place < extent);
  });
  if (wrong < 0) return;
  const rule = `whole numbers inside axes of ${extents.join(", ")} are needed`;
  wrongValue(site, index.weight.name, wrong, index.weight.stored()[wrong] ?? 0, rule);
};

/** The extents that the entries of an index point into: those of the axes that a vector of it names. */
const namedExtents = (shape: Shape, index: Shape, batch: number): Shape =>
  shape.slice(batch, batch + (index.at(-1) ?? 0));

const gatherElements: Importer = {
  inputs: [2, 2],
  attributes: ["axis"],
  run: (site) => {
    const value = valueAt(site, 0);
    const axis = axisOf(site, intOf(site, "axis", 0), wholeShape(value).length);
    checkPlaces(site, valueAt(site, 1), [item(wholeShape(value), axis)]);
    const inputs = [whole(site, value), whole(site, valueAt(site, 1))] as const;
    return settled(site, site.make("gather", inputs, { axis, mode: "elements" }), value.element);
  },
};

const gatherNd: Importer = {
  inputs: [2, 2],
  attributes: ["batch_dims"],
  run: (site) => {
    const value = valueAt(site, 0);
    const inputs = [whole(site, value), whole(site, valueAt(site, 1))] as const;
    const axis = intOf(site, "batch_dims", 0);
    const index = valueAt(site, 1);
    checkPlaces(site, index, namedExtents(wholeShape(value), wholeShape(index), axis));
    return settled(site, site.make("gather", inputs, { axis, mode: "nd" }), value.element);
  },
};

const combines = { none: "replace", add: "add", mul: "multiply", min: "min", max: "max" } as const;

const isCombine = (word: string): word is keyof typeof combines => Object.hasOwn(combines, word);

const scatterOf = (mode: "elements" | "nd"): Importer => ({
  inputs: [3, 3],
  attributes: mode === "elements" ? ["axis", "reduction"] : ["reduction"],
  run: (site) => {
    const value = valueAt(site, 0);
    const word = textOf(site, "reduction", "none");
    if (!isCombine(word)) return wrongAttribute(site, "reduction", `it is "${quoteName(word)}"`);
    const axis = mode === "nd" ? 0 : axisOf(site, intOf(site, "axis", 0), wholeShape(value).length);
    const [shape, index] = [wholeShape(value), valueAt(site, 1)];
    checkPlaces(site, index, mode === "nd" ? namedExtents(shape, wholeShape(index), 0) : [item(shape, axis)]);
    const inputs = [
      whole(site, value),
      whole(site, valueAt(site, 1)),
      whole(site, valueAt(site, 2)),
    ] as const;
    return settled(
      site,
      site.make("scatter", inputs, { axis, mode, combine: combines[word] }),
      value.element,
    );
  },
});

/** Operators that read or write where other values say, by operator. */
export const gathers: Readonly<Record<string, Importer>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Scatter: scatterOf("elements"),
  ScatterElements: scatterOf("elements"),
  ScatterND: scatterOf("nd"),
};
