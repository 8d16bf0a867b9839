import type { Origin, Span } from "../../compiler/diagnostics/index.ts";
import type { Shape } from "../../compiler/ir/core/index.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { dataFaults } from "../diagnostics/recipe.ts";
import { combine, negate, type Rational, toNumber, whole } from "../rational.ts";
import type { Call, Data, Name, Stage, Term, Value } from "../syntax.ts";
import { type Context, placeOf, report, reportLater, sourceText } from "./context.ts";
import { kindOfShape } from "./declared.ts";
import { numberOf } from "./evaluate.ts";
import type { Constants } from "./items.ts";
import { type Kind, natural, text, word } from "./kinds.ts";
import type { TensorKind } from "./layers/layer.ts";
import { matchOptions, type Options, optional, required, signature } from "./options.ts";
import { resolveFile } from "./paths.ts";
import { shapeOf } from "./shapes.ts";
import { meant } from "./suggest.ts";

export type RawType = "int8" | "uint8" | "int16" | "uint16" | "int32" | "float32";

/** Where samples come from. Files are paths as the host takes them. */
export type DataSource =
  /** IDX images, one a sample, plain or gzip; labels are an IDX file, too. */
  | { readonly kind: "idx"; readonly file: string; readonly labels: string | null }
  /** Arrays of an archive by name; without a name the host's default. */
  | {
      readonly kind: "npz";
      readonly file: string;
      readonly inputs: string | null;
      readonly labels: string | null;
    }
  | { readonly kind: "npy"; readonly file: string; readonly labels: string | null }
  /** Samples one after the other in row-major order, little-endian; labels are bytes. */
  | { readonly kind: "raw"; readonly file: string; readonly type: RawType; readonly labels: string | null }
  /** Recordings of events in a folder; labels are a text with a line `name label` for each. */
  | {
      readonly kind: "events";
      readonly file: string;
      readonly format: EventFormat;
      readonly labels: string | null;
    };

/** How a recording is stored: `nmnist` is the five bytes an event of N-MNIST (Orchard et al. 2015). */
export type EventFormat = "nmnist";

/** A data set by its description; nothing is read yet. */
export interface DataDescription {
  readonly name: string;
  /** Shape of one sample, or of one of its steps. */
  readonly shape: Shape;
  /** `values`: a sample is one value; else a stream of them. */
  readonly kind: TensorKind;
  readonly source: DataSource;
  /** x = (raw - offset) * scale */
  readonly scale: number;
  readonly offset: number;
  /** The first samples that are left out, and how many there are at most behind them. */
  readonly skip: number;
  readonly take: number | null;
  readonly origin: Origin;
}

/** A source under way: x = factor raw + shift. */
interface Partial {
  readonly source: DataSource;
  readonly factor: Rational;
  readonly shift: Rational;
  readonly skip: number;
  readonly take: number | null;
}

interface Reading {
  readonly context: Context;
  readonly constants: Constants;
}

const sources = {
  idx: signature("idx", ["file"], ["labels"]),
  npz: signature("npz", ["file"], ["inputs", "labels"]),
  npy: signature("npy", ["file"], ["labels"]),
  raw: signature("raw", ["file"], ["type", "labels"]),
  events: signature("events", ["folder"], ["format", "labels"]),
} as const;

const isSource = (name: string): name is keyof typeof sources => Object.hasOwn(sources, name);

const rawType = word("int8", "uint8", "int16", "uint16", "int32", "float32");

const eventFormat: Kind<EventFormat> = word("nmnist");

const fileAt = ({ context }: Reading, options: Options, name: string): string | null => {
  const written = required(options, name, text);
  return written === null ? null : resolveFile(context, written);
};

/** A folder may be written with a slash behind it. */
const folderAt = ({ context }: Reading, options: Options): string | null => {
  const written = required(options, "folder", text);
  return written === null
    ? null
    : resolveFile(context, { ...written, text: written.text.replace(/\/$/, "") });
};

const labelsAt = (reading: Reading, options: Options): string | null =>
  options.given.has("labels") ? fileAt(reading, options, "labels") : null;

const textAt = (options: Options, name: string): string | null =>
  optional(options, name, text, null)?.text ?? null;

const sourceOf = (reading: Reading, call: Call): DataSource | null => {
  const { context, constants } = reading;
  const { path, args, span } = call;
  if (!isSource(path.text)) {
    const holes = { name: path.text, remedy: meant(path.text, Object.keys(sources)) };
    return report(context, nameFaults.report("source", placeOf(context, path.span), holes));
  }
  const options = matchOptions(context, constants, sources[path.text], args ?? [], span);
  if (options === null) return null;
  const file = path.text === "events" ? folderAt(reading, options) : fileAt(reading, options, "file");
  if (file === null) return null;
  switch (path.text) {
    case "idx":
    case "npy":
      return { kind: path.text, file, labels: labelsAt(reading, options) };
    case "npz":
      return { kind: "npz", file, inputs: textAt(options, "inputs"), labels: textAt(options, "labels") };
    case "events": {
      const format = required(options, "format", eventFormat);
      return format === null ? null : { kind: "events", file, format, labels: labelsAt(reading, options) };
    }
    case "raw": {
      const type = required(options, "type", rawType);
      return type === null ? null : { kind: "raw", file, type, labels: labelsAt(reading, options) };
    }
  }
};

const scaled = (data: Partial, operator: string, by: Rational): Partial | null => {
  const of = (sign: "+" | "-" | "*" | "/", value: Rational): Rational | null => combine(sign, value, by);
  if (operator === "+" || operator === "-") {
    const shift = of(operator, data.shift);
    return shift === null ? null : { ...data, shift };
  }
  if (operator !== "*" && operator !== "/") return null;
  const [factor, shift] = [of(operator, data.factor), of(operator, data.shift)];
  return factor === null || shift === null ? null : { ...data, factor, shift };
};

const arithmetic = (reading: Reading, first: Value, rest: readonly Term[]): Partial | null => {
  const { context, constants } = reading;
  let data = partial(reading, first);
  if (data === null) return null;
  for (const { operator, value } of rest) {
    if (value.kind === "call" && isSource(value.path.text)) {
      return report(context, dataFaults.report("arithmetic", placeOf(context, value.span), {}));
    }
    const by = numberOf(context, constants, value);
    if (by === null) return null;
    data = scaled(data, operator.text, by);
    if (data === null || data.factor.n === 0n) {
      const holes = { value: data === null ? "no number" : "0" };
      return report(context, dataFaults.report("scale", placeOf(context, value.span), holes));
    }
  }
  return data;
};

const stages = { take: signature("take", ["count"]), skip: signature("skip", ["count"]) } as const;

const wordOf = (span: Span, what: string): Name => ({ text: what, span });

const throughStage = (reading: Reading, data: Partial, { what, span }: Stage): Partial | null => {
  const { context, constants } = reading;
  if (what.kind !== "call") return reportLater(context, wordOf(span, what.kind));
  const name = what.path.text;
  if (name === "standardize" || name === "shuffle")
    return reportLater(context, what.path, "prepare the file before");
  if (name !== "take" && name !== "skip") {
    const holes = { name, remedy: meant(name, Object.keys(stages)) };
    return report(context, nameFaults.report("source", placeOf(context, what.path.span), holes));
  }
  const options = matchOptions(context, constants, stages[name], what.args ?? [], span);
  const count = options === null ? null : required(options, "count", natural);
  if (count === null) return null;
  const left = data.take ?? Number.POSITIVE_INFINITY;
  if (name === "take") return { ...data, take: Math.min(count, left) };
  return {
    ...data,
    skip: data.skip + count,
    take: data.take === null ? null : Math.max(0, data.take - count),
  };
};

const partial = (reading: Reading, value: Value): Partial | null => {
  const { context } = reading;
  switch (value.kind) {
    case "call": {
      const source = sourceOf(reading, value);
      return source === null ? null : { source, factor: whole(1), shift: whole(0), skip: 0, take: null };
    }
    case "group": {
      const [only] = value.items;
      if (only !== undefined && value.items.length === 1) return partial(reading, only);
      break;
    }
    case "arithmetic":
      return arithmetic(reading, value.first, value.rest);
    case "pipe": {
      let data = partial(reading, value.from);
      for (const stage of value.stages) data = data === null ? null : throughStage(reading, data, stage);
      return data;
    }
    default:
      break;
  }
  return report(
    context,
    dataFaults.report("source", placeOf(context, value.span), { text: sourceText(context, value.span) }),
  );
};

/** Events are spikes, as many as there are: neither values nor scaled ones. */
const eventsFit = (context: Context, { name, shape }: Data, { source, factor, shift }: Partial): boolean => {
  if (source.kind !== "events") return true;
  const kind = kindOfShape(shape);
  const scaled = factor.n !== factor.d || shift.n !== 0n;
  if (kind === "spikes" && !scaled) return true;
  const holes = { data: name.text, what: scaled ? "scaled or shifted" : `declared as ${kind}` };
  report(context, dataFaults.report("events", placeOf(context, shape.span), holes));
  return false;
};

/** Elaborates a data declaration to its description; no file is touched. Null: faults were reported. */
export const describeData = (context: Context, constants: Constants, data: Data): DataDescription | null => {
  const shape = shapeOf(context, constants, data.shape);
  const read = partial({ context, constants }, data.source);
  if (shape === null || read === null) return null;
  const { source, factor, shift, skip, take } = read;
  const offset = combine("/", negate(shift), factor);
  if (offset === null)
    return report(context, dataFaults.report("scale", placeOf(context, data.span), { value: "no number" }));
  if (!eventsFit(context, data, read)) return null;
  const origin = { name: data.name.text, span: data.name.span };
  return {
    name: data.name.text,
    shape,
    kind: kindOfShape(data.shape),
    source,
    scale: toNumber(factor),
    offset: toNumber(offset),
    skip,
    take,
    origin,
  };
};
