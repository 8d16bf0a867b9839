import { syntaxFaults } from "../diagnostics/syntax.ts";
import { codes, isWord, type Token } from "../layout/token.ts";
import { parseRational, whole } from "../rational.ts";
import { whereOf } from "../source.ts";
import type {
  Argument,
  Branch,
  Call,
  Choice,
  Loop,
  Name,
  Output,
  Quantity,
  Stage,
  TensorShape,
  Term,
  Value,
} from "../syntax.ts";
import { readCondition } from "./condition.ts";
import {
  accept,
  acceptAny,
  advance,
  type Cursor,
  codeAt,
  listed,
  nameOf,
  need,
  needName,
  needPath,
  needText,
  refuse,
  separated,
  spanFrom,
} from "./cursor.ts";

/** value = { "if" condition "then" pipe "else" } pipe */
export const readValue = (cursor: Cursor): Value => {
  const start = cursor.at;
  const branches: Branch[] = [];
  while (accept(cursor, "if") !== null) {
    const condition = readCondition(cursor, readSum);
    need(cursor, "then");
    const value = readPipe(cursor);
    need(cursor, "else");
    branches.push({ condition, value });
  }
  const otherwise = readPipe(cursor);
  return branches.length === 0
    ? otherwise
    : { kind: "if", branches, otherwise, span: spanFrom(cursor, start) };
};

/** pipe = sum { "->" stage } */
export const readPipe = (cursor: Cursor): Value => {
  const start = cursor.at;
  const from = readSum(cursor);
  if (accept(cursor, "->") === null) return from;
  const stages = readStages(cursor);
  return { kind: "pipe", from, stages, span: spanFrom(cursor, start) };
};

const joined = (cursor: Cursor, signs: readonly string[], read: (cursor: Cursor) => Value): Value => {
  const start = cursor.at;
  const first = read(cursor);
  const rest: Term[] = [];
  for (let sign = acceptAny(cursor, signs); sign !== null; sign = acceptAny(cursor, signs))
    rest.push({ operator: nameOf(cursor, sign), value: read(cursor) });
  return rest.length === 0 ? first : { kind: "arithmetic", first, rest, span: spanFrom(cursor, start) };
};

const additive = ["+", "-"];
const multiplicative = ["*", "/"];

/** sum = factor { ( "+" | "-" | "*" | "/" ) factor }, where "*" and "/" bind tighter */
export const readSum = (cursor: Cursor): Value => joined(cursor, additive, readProduct);

const readProduct = (cursor: Cursor): Value => joined(cursor, multiplicative, readFactor);

export const readFactor = (cursor: Cursor): Value => {
  const start = cursor.at;
  if (codeAt(cursor) !== "-") return readAtom(cursor);
  advance(cursor);
  const of = readAtom(cursor);
  return { kind: "negate", of, span: spanFrom(cursor, start) };
};

const readAtom = (cursor: Cursor): Value => {
  switch (codeAt(cursor)) {
    case codes.name:
    case codes.path:
      return readCall(cursor);
    case codes.number:
      return readQuantity(cursor);
    case codes.size:
    case codes.ratio:
      return readExtents(cursor);
    case codes.text:
      return needText(cursor);
    case "[":
      return readItems(cursor, "list", "]");
    case "(":
      return readItems(cursor, "group", ")");
    default:
      return refuse(cursor, "a value");
  }
};

const readItems = (cursor: Cursor, kind: "list" | "group", close: string): Value => {
  const start = cursor.at;
  advance(cursor);
  const items = listed(cursor, close, readValue);
  return { kind, items, span: spanFrom(cursor, start) };
};

const readExtents = (cursor: Cursor): Value => {
  const { text, span } = nameOf(cursor, advance(cursor));
  const extents = text.split(/[x:]/).map(Number);
  if (!text.includes(":")) return { kind: "size", extents, span };
  const [part = 0, all = 0] = extents;
  return { kind: "ratio", part, whole: all, span };
};

const units = ["%", codes.name];

const readQuantity = (cursor: Cursor): Quantity => {
  const start = cursor.at;
  const number = nameOf(cursor, advance(cursor));
  const unit = acceptAny(cursor, units);
  // What a message expects here is an operator or an end; a unit that could have stood is no news.
  cursor.expected.length = 0;
  const value = parseRational(number.text);
  if (value === null) {
    const where = whereOf(cursor.source, number.span);
    cursor.faults.add(syntaxFaults.report("number", where, { digits: number.text.slice(0, 60) }));
  }
  const written = unit === null ? null : nameOf(cursor, unit);
  return { kind: "quantity", value: value ?? whole(1), unit: written, span: spanFrom(cursor, start) };
};

/** call = path [ arguments ] */
export const readCall = (cursor: Cursor): Call => {
  const start = cursor.at;
  const path = needPath(cursor);
  const args = codeAt(cursor) === "(" ? readArguments(cursor) : null;
  return { kind: "call", path, args, span: spanFrom(cursor, start) };
};

/** arguments = "(" [ argument { "," argument } ] ")" */
export const readArguments = (cursor: Cursor): readonly Argument[] => {
  need(cursor, "(");
  return accept(cursor, ")") === null ? listed(cursor, ")", readArgument) : [];
};

const isLabel = (token: Token | undefined, cursor: Cursor): token is Token =>
  token !== undefined && isWord(token) && codeAt(cursor, 1) === ":";

/** argument = [ word ":" ] range { "|" range } */
const readArgument = (cursor: Cursor): Argument => {
  const start = cursor.at;
  const token = cursor.tokens[cursor.at];
  let name: Name | null = null;
  if (isLabel(token, cursor)) {
    name = nameOf(cursor, advance(cursor));
    advance(cursor);
  }
  const choices = separated(cursor, "|", readRange);
  return { name, choices, span: spanFrom(cursor, start) };
};

/** range = value [ ".." sum ] */
const readRange = (cursor: Cursor): Choice => {
  const from = readValue(cursor);
  return { from, to: accept(cursor, "..") === null ? null : readSum(cursor) };
};

const tensorKinds = ["signal", "spikes"];

/** tensor = [ "signal" | "spikes" ] "[" sum { "," sum } "]" */
export const readTensor = (cursor: Cursor): TensorShape => {
  const start = cursor.at;
  const kind = acceptAny(cursor, tensorKinds);
  need(cursor, "[");
  const extents = listed(cursor, "]", readSum);
  return { kind: kind === null ? null : nameOf(cursor, kind), extents, span: spanFrom(cursor, start) };
};

/** output = name [ ":" tensor ] */
export const readOutput = (cursor: Cursor): Output => {
  const name = needName(cursor);
  return { name, shape: accept(cursor, ":") === null ? null : readTensor(cursor) };
};

/** chain = stage { "->" stage }; a pipe goes on with one behind its first arrow */
export const readStages = (cursor: Cursor): readonly Stage[] => separated(cursor, "->", readStage);

/** stage = ( repeat | for | call ) [ "as" name [ ":" tensor ] ] */
const readStage = (cursor: Cursor): Stage => {
  const start = cursor.at;
  const what = readWhat(cursor);
  const label = accept(cursor, "as") === null ? null : readOutput(cursor);
  return { what, label, span: spanFrom(cursor, start) };
};

const readWhat = (cursor: Cursor): Stage["what"] => {
  switch (codeAt(cursor)) {
    case "repeat":
      return readRepeat(cursor);
    case "for":
      return readFor(cursor);
    case codes.name:
    case codes.path:
      return readCall(cursor);
    default:
      return refuse(cursor, "a layer");
  }
};

const readBody = (cursor: Cursor): readonly Stage[] => {
  need(cursor, "{");
  const stages = readStages(cursor);
  need(cursor, "}");
  return stages;
};

const readRepeat = (cursor: Cursor): Loop => {
  const start = cursor.at;
  advance(cursor);
  const times = readSum(cursor);
  const stages = readBody(cursor);
  return { kind: "repeat", times, stages, span: spanFrom(cursor, start) };
};

const readNames = (cursor: Cursor): readonly Name[] => {
  if (codeAt(cursor) === codes.name) return [needName(cursor)];
  need(cursor, "(");
  return listed(cursor, ")", needName);
};

const readFor = (cursor: Cursor): Loop => {
  const start = cursor.at;
  advance(cursor);
  const names = readNames(cursor);
  need(cursor, "in");
  if (codeAt(cursor) !== "[") return refuse(cursor, "a list in `[ ]`");
  const list = readItems(cursor, "list", "]");
  const stages = readBody(cursor);
  return { kind: "for", names, list, stages, span: spanFrom(cursor, start) };
};
