import { standsForStage } from "./items.ts";
import { integer, type Kind, measured, padding, real, size, text, truth } from "./kinds.ts";

const ratio: Kind<unknown> = {
  says: "a ratio such as 2:4",
  example: "2:4",
  dimension: null,
  whole: false,
  read: (item) => (item.kind === "ratio" ? item : null),
};

const layer: Kind<unknown> = {
  says: "a layer without its input",
  example: "relu",
  dimension: null,
  whole: false,
  read: (item) => (item.kind === "word" || standsForStage(item) ? item : null),
};

/** What the options of a block may be. */
const types: Readonly<Record<string, Kind<unknown>>> = {
  int: integer,
  real,
  bool: truth,
  text,
  size,
  ratio,
  padding,
  layer,
  time: measured("time", "20 ms"),
  voltage: measured("voltage", "1 mV"),
  frequency: measured("frequency", "100 Hz"),
  share: measured("share", "50%"),
};

export const optionTypes: readonly string[] = Object.keys(types);

export const isOptionType = (name: string): boolean => Object.hasOwn(types, name);

export const optionType = (name: string): Kind<unknown> => {
  const type = types[name];
  if (type === undefined) throw new Error(`there is no option type ${name}`);
  return type;
};
