import type { Binding, Name, Require, Statement, Step, Value } from "../syntax.ts";
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
  separated,
  spanFrom,
} from "./cursor.ts";
import {
  readArguments,
  readFactor,
  readOutput,
  readStages,
  readSum,
  readTensor,
  readValue,
} from "./value.ts";

/** One line of a network or block. */
export const readStatement = (cursor: Cursor): Statement => {
  switch (codeAt(cursor)) {
    case "weights":
      return readWeights(cursor);
    case "step":
      return readTime(cursor);
    case "dynamics":
      advance(cursor);
      return { kind: "dynamics", rule: needName(cursor) };
    case "param":
      return readParam(cursor);
    case "shared":
      return readShared(cursor);
    case "require":
      return readRequire(cursor);
    default:
      return readAssign(cursor);
  }
};

const readTime = (cursor: Cursor): Statement => {
  const start = cursor.at;
  advance(cursor);
  return { kind: "step", time: readFactor(cursor), span: spanFrom(cursor, start) };
};

const readBinding = (cursor: Cursor): Binding => {
  const stage = needPath(cursor);
  need(cursor, ":");
  return { stage, prefix: needText(cursor) };
};

/** "weights" factor [ "in" "order" ] [ "{" path ":" string { "," path ":" string } "}" ] */
const readWeights = (cursor: Cursor): Statement => {
  const start = cursor.at;
  advance(cursor);
  const from = readFactor(cursor);
  const inOrder = accept(cursor, "in") === null ? null : needName(cursor);
  const bindings = accept(cursor, "{") === null ? [] : listed(cursor, "}", readBinding);
  return { kind: "weights", from, inOrder, bindings, span: spanFrom(cursor, start) };
};

/** "param" name ":" tensor [ "=" value ] */
const readParam = (cursor: Cursor): Statement => {
  const start = cursor.at;
  advance(cursor);
  const name = needName(cursor);
  need(cursor, ":");
  const shape = readTensor(cursor);
  const init = accept(cursor, "=") === null ? null : readValue(cursor);
  return { kind: "param", name, shape, init, span: spanFrom(cursor, start) };
};

/** "shared" name "=" chain */
const readShared = (cursor: Cursor): Statement => {
  const start = cursor.at;
  advance(cursor);
  const name = needName(cursor);
  need(cursor, "=");
  const stages = readStages(cursor);
  return { kind: "shared", name, stages, span: spanFrom(cursor, start) };
};

/** The one metric that is spelled as a keyword. */
const acceptSpikes = (cursor: Cursor): Name | null =>
  codeAt(cursor) === "spikes" ? nameOf(cursor, advance(cursor)) : null;

/** A sum, or the metric `spikes`. */
const readMeasure = (cursor: Cursor): Value => {
  const path = acceptSpikes(cursor);
  return path === null ? readSum(cursor) : { kind: "call", path, args: null, span: path.span };
};

const needMetric = (cursor: Cursor): Name => acceptSpikes(cursor) ?? needName(cursor);

/** require = "require" condition [ "," string ]; in a compile section `measure` may be the word of a metric. */
const readRequire = (cursor: Cursor, measure: (cursor: Cursor) => Value = readSum): Require => {
  const start = cursor.at;
  advance(cursor);
  const condition = readCondition(cursor, measure);
  const reason = accept(cursor, ",") === null ? null : needText(cursor);
  return { kind: "require", condition, reason, span: spanFrom(cursor, start) };
};

/** output { "," output } "=" value */
const readAssign = (cursor: Cursor): Statement => {
  const start = cursor.at;
  const targets = separated(cursor, ",", readOutput);
  need(cursor, "=");
  const value = readValue(cursor);
  return { kind: "assign", targets, value, span: spanFrom(cursor, start) };
};

/** One line of a compile section: step = require | goal | path arguments */
export const readStep = (cursor: Cursor): Step => {
  if (codeAt(cursor) === "require") return readRequire(cursor, readMeasure);
  const goal = acceptAny(cursor, ["minimize", "maximize"]);
  if (goal !== null) {
    const metrics = separated(cursor, ",", needMetric);
    return { kind: "goal", word: nameOf(cursor, goal), metrics };
  }
  const start = cursor.at;
  const path = needPath(cursor);
  const args = readArguments(cursor);
  return { kind: "pass", call: { kind: "call", path, args, span: spanFrom(cursor, start) } };
};
