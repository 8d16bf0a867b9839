import type { Span } from "../../../compiler/diagnostics/index.ts";
import { type Shape, showShape, sizeOf, type Weight } from "../../../compiler/ir/core/index.ts";
import { native } from "../../../compiler/native/index.ts";
import { unitFaults } from "../../diagnostics/option.ts";
import { parameterFaults } from "../../diagnostics/parameter.ts";
import { toNumber } from "../../rational.ts";
import { lineAt, placeOf, report } from "../context.ts";
import { startingAt } from "../init.ts";
import type { Item } from "../items.ts";
import { exactly, type Kind, real } from "../kinds.ts";
import { fromWeights, parameter, type Site } from "../layers/layer.ts";
import { itemOfOption, readItem, required } from "../options.ts";
import type { Voltage } from "../store.ts";
import { inBase } from "../units.ts";
import { isStable, tooShort } from "./clock.ts";

export const time = exactly("time", "20 ms");

/** A voltage with a unit, or a bare number where a network gives none a unit. */
const voltage: Kind<number> = {
  says: "a voltage",
  example: "1",
  dimension: null,
  whole: false,
  read: (item) => {
    if (item.kind !== "number") return null;
    const value = item.unit === null ? item.value : inBase("voltage", item.value, item.unit.text);
    return value === null ? null : toNumber(value);
  },
};

const shownUnit = ({ unit }: Voltage): string => (unit === null ? "no unit" : `the unit ${unit}`);

/** Keeps a voltage for comparison; one with a unit beside one without is reported. */
const noteVoltage = ({ context, store }: Site, name: string, item: Item, span: Span): void => {
  if (item.kind !== "number") return;
  const voltage: Voltage = { name, span, unit: item.unit?.text ?? null };
  const hasUnit = voltage.unit !== null;
  if (!store.voltages.has(hasUnit)) store.voltages.set(hasUnit, voltage);
  const other = store.voltages.get(!hasUnit);
  if (other === undefined) return;
  const holes = {
    name,
    found: shownUnit(voltage),
    other: other.name,
    line: lineAt(context, other.span),
    before: shownUnit(other),
  };
  report(context, unitFaults.report("voltages", placeOf(context, span), holes));
};

/** What an option of a neuron is. */
export interface Wanted {
  readonly name: string;
  readonly is: "time constant" | "voltage" | "number";
  /** Null: it must be given. */
  readonly otherwise: number | null;
}

const isStored = (item: Item | null): boolean =>
  item?.kind === "word" && item.text === "stored" && item.args === null;

/** True where the first option is the word `stored`: what is not said itself stands in the weights. */
export const areStored = (site: Site): boolean => isStored(itemOfOption(site.options, "stored"));

/** A parameter that the weights of the network hold, under its NIR name. */
const stored = (site: Site, shape: Shape, { name, otherwise }: Wanted): Weight =>
  parameter(site, name, shape, fromWeights(startingAt(otherwise ?? 1)), { otherwise });

const fitsNeurons = (site: Site, item: Item & { readonly kind: "param" }, shape: Shape): boolean => {
  const size = sizeOf(item.weight.shape);
  if (size === 1 || size === shape[0] || size === sizeOf(shape)) return true;
  const needs = [...new Set(["[1]", `[${shape[0]}]`, showShape(shape)])].join(" or ");
  const holes = { text: item.name, found: showShape(item.weight.shape), stage: site.stage, needs };
  report(site.context, parameterFaults.report("shape", placeOf(site.context, item.span), holes));
  return false;
};

const timeConstant = (site: Site, name: string, item: Item): Weight | null => {
  const value = readItem(site.options, name, time, item);
  if (value === null) return null;
  if (value.n <= 0n) return tooShort(site.context, name, value, `${name}: 20 ms`, item.span);
  return isStable(site.context, site.store.clock, name, value, item.span)
    ? native.scalar(`${site.stage}.${name}`, toNumber(value))
    : null;
};

const written = (site: Site, { name, is }: Wanted, item: Item): Weight | null => {
  if (is === "time constant") return timeConstant(site, name, item);
  const value = readItem(site.options, name, is === "voltage" ? voltage : real, item);
  if (value === null) return null;
  // 0 is 0 in every unit.
  if (is === "voltage" && value !== 0) noteVoltage(site, name, item, item.span);
  return native.scalar(`${site.stage}.${name}`, value);
};

const kinds = { "time constant": time, voltage, number: real } as const;

/**
 * A parameter of neurons of a shape: a number, `stored`, a `param`, or its default. `item` stands for the option where
 * it has another name. Null: a fault was reported.
 */
export const neuronParameter = (
  site: Site,
  shape: Shape,
  wanted: Wanted,
  item: Item | null = itemOfOption(site.options, wanted.name),
): Weight | null => {
  if (isStored(item)) return stored(site, shape, wanted);
  if (item?.kind === "param") return fitsNeurons(site, item, shape) ? item.weight : null;
  if (item !== null) return written(site, wanted, item);
  if (site.options.given.has(wanted.name) || (wanted.otherwise === null && !areStored(site))) {
    required<unknown>(site.options, wanted.name, kinds[wanted.is]);
    return null;
  }
  return areStored(site) || wanted.otherwise === null
    ? stored(site, shape, wanted)
    : native.scalar(`${site.stage}.${wanted.name}`, wanted.otherwise);
};
