import type { Condition, Term, Value } from "../syntax.ts";
import { accept, acceptAny, type Cursor, nameOf, separated, spanFrom } from "./cursor.ts";

type Read<T> = (cursor: Cursor) => T;

const joined = (cursor: Cursor, kind: "or" | "and", read: Read<Condition>): Condition => {
  const start = cursor.at;
  const parts = separated(cursor, kind, read);
  return parts.length === 1 ? parts[0] : { kind, parts, span: spanFrom(cursor, start) };
};

const comparisons = ["==", "!=", "<=", "<", ">=", ">"];

/** relation = [ "not" ] sum [ comparison sum ] */
const readRelation = (cursor: Cursor, readSum: Read<Value>): Condition => {
  const start = cursor.at;
  const negated = accept(cursor, "not") !== null;
  const left = readSum(cursor);
  const sign = acceptAny(cursor, comparisons);
  const right: Term | null =
    sign === null ? null : { operator: nameOf(cursor, sign), value: readSum(cursor) };
  return { kind: "relation", negated, left, right, span: spanFrom(cursor, start) };
};

/** condition = both { "or" both }, both = relation { "and" relation }, over sums. */
export const readCondition = (cursor: Cursor, readSum: Read<Value>): Condition =>
  joined(cursor, "or", (inner) => joined(inner, "and", (at) => readRelation(at, readSum)));
