import { elementName, elements, isReadable } from "../../decode/elements.ts";
import type { ElementName } from "../../decode/index.ts";
import { intOf } from "../attributes.ts";
import { storageWord } from "../elements.ts";
import { type Importer, type Site, valueAt } from "../site.ts";
import { constant, isFloating, type Value } from "../value.ts";
import { mapped } from "./mapped.ts";

const wide: readonly ElementName[] = ["FLOAT", "DOUBLE"];

/** True when every value of `from` is a value of `to`, so that nothing has to be computed. */
const holds = (from: ElementName, to: ElementName): boolean => {
  if (from === to) return true;
  if (wide.includes(to)) return isFloating(from);
  if (isFloating(from) || isFloating(to) || !isReadable(from) || !isReadable(to)) return false;
  const [a, b] = [elements[from], elements[to]];
  const signed = (name: ElementName): boolean => name.startsWith("INT");
  return to !== "BOOL" && from !== "BOOL" && (signed(from) === signed(to) || signed(to)) && a.bits < b.bits;
};

/** The nearest values of another element type. */
export const castTo = (site: Site, value: Value, to: ElementName): Value => {
  if (holds(value.element, to))
    return value.kind === "constant" ? constant(value.weight, to) : { ...value, element: to };
  return mapped(site, value, (x) => site.make("cast", [x], { to: storageWord(site, to) }), to);
};

const attributes = ["saturate", "round_mode"];

/** Conversions between element types, by operator. */
export const casts: Readonly<Record<string, Importer>> = {
  Cast: {
    inputs: [1, 1],
    attributes: ["to", ...attributes],
    run: (site) => castTo(site, valueAt(site, 0), elementName(intOf(site, "to", 1))),
  },
  CastLike: {
    inputs: [2, 2],
    attributes,
    run: (site) => castTo(site, valueAt(site, 0), valueAt(site, 1).element),
  },
};
