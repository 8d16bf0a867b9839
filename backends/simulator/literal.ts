import { schema, type Weight } from "../../compiler/ir/index.ts";

/** Text of values that are no plain literals. */
export interface Spelling {
  readonly weight: (w: Weight) => string;
  /** A long list of numbers, kept out of the code. */
  readonly numbers: (list: readonly number[]) => string;
}

const text = Symbol("text of an expression");

/** An expression inside a value. */
export interface Code {
  readonly [text]: string;
}

/** An expression of our own as a part of a value. */
export const code = (expression: string): Code => ({ [text]: expression });

const isCode = (value: object): value is Code => text in value;

/** Longest list of numbers that is written into code. */
const longest = 64;

/** A string literal of printable ASCII: what a model calls its nodes never reaches the code in any other form. */
export const quoted = (name: string): string =>
  JSON.stringify(name).replace(
    /[^\u0020-\u007e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const isNumbers = (value: readonly unknown[]): value is readonly number[] =>
  value.every((v) => typeof v === "number");

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const number = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** `kind` first, the others by name: text does not depend on the order in which a value was built. */
const rank = (field: string): string => (field === "kind" ? "" : field);

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  rank(a) < rank(b) ? -1 : 1;

const list = (value: readonly unknown[], spelling: Spelling): string =>
  value.length > longest && isNumbers(value)
    ? spelling.numbers(value)
    : `[${value.map((v) => literal(v, spelling)).join(", ")}]`;

const identifier = /^[A-Za-z_]\w*$/;

const field = (name: string, expression: string): string => {
  if (name === expression) return name;
  return `${identifier.test(name) ? name : quoted(name)}: ${expression}`;
};

/** A value of the IR as a TypeScript expression on one line. Throws Error for what no literal can say. */
export const literal = (value: unknown, spelling: Spelling): string => {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return number(value);
  if (typeof value === "string") return quoted(value);
  if (schema.weight.is(value)) return spelling.weight(value);
  if (isList(value)) return list(value, spelling);
  if (typeof value !== "object") throw new Error(`a ${typeof value} cannot be written as code`);
  if (isCode(value)) return value[text];
  const fields = Object.entries(value).sort(byName);
  return fields.length === 0
    ? "{}"
    : `{ ${fields.map(([name, v]) => field(name, literal(v, spelling))).join(", ")} }`;
};
