import type { ActionDict, Node } from "ohm-js";
import { syntaxFaults } from "../diagnostics/syntax.ts";
import { parseRational, whole } from "../rational.ts";
import { whereOf } from "../source.ts";
import type {
  Argument,
  Choice,
  Comparison,
  Condition,
  Loop,
  Output,
  Stage,
  TensorShape,
  Term,
  Value,
} from "../syntax.ts";
import { nameAt, optional, type Spelling, spanOf, spellingOf, textAt } from "./fragment.ts";

export const readValue = (node: Node, spelling: Spelling): Value => node.value(spelling);
export const conditionOf = (node: Node, spelling: Spelling): Condition => node.condition(spelling);
export const stageOf = (node: Node, spelling: Spelling): Stage => node.stage(spelling);
export const chainOf = (node: Node, spelling: Spelling): readonly Stage[] => node.chain(spelling);
export const tensorOf = (node: Node, spelling: Spelling): TensorShape => node.tensor(spelling);
const argumentsOf = (node: Node, spelling: Spelling): readonly Argument[] => node.filled(spelling);

/** `first (sign next)*` with both iterations read. */
const joined = <T>(first: Node, rest: Node, read: (node: Node) => T): readonly T[] => [
  read(first),
  ...rest.children.map(read),
];

export const outputOf = (name: Node, shape: Node, spelling: Spelling): Output => {
  const declared = optional(shape);
  return { name: nameAt(name, spelling), shape: declared === null ? null : tensorOf(declared, spelling) };
};

function arithmetic(this: Node, first: Node, operators: Node, operands: Node): Value {
  const spelling = spellingOf(this);
  if (operands.children.length === 0) return readValue(first, spelling);
  const rest: Term[] = operands.children.map((operand, i) => ({
    operator: nameAt(operators.child(i), spelling),
    value: readValue(operand, spelling),
  }));
  return { kind: "arithmetic", first: readValue(first, spelling), rest, span: spanOf(this, spelling) };
}

const items = (kind: "list" | "group") =>
  function read(
    this: Node,
    _open: Node,
    first: Node,
    _commas: Node,
    rest: Node,
    _last: Node,
    _close: Node,
  ): Value {
    const spelling = spellingOf(this);
    return { kind, items: joined(first, rest, (n) => readValue(n, spelling)), span: spanOf(this, spelling) };
  };

const integersOf = (text: string, between: string): readonly number[] => text.split(between).map(Number);

export const valueActions: ActionDict<Value> = {
  Value(branches, otherwise) {
    const spelling = spellingOf(this);
    const last = readValue(otherwise, spelling);
    if (branches.children.length === 0) return last;
    const read = branches.children.map((branch) => ({
      condition: conditionOf(branch.child(1), spelling),
      value: readValue(branch.child(3), spelling),
    }));
    return { kind: "if", branches: read, otherwise: last, span: spanOf(this, spelling) };
  },
  Pipe(from, _arrows, stages) {
    const spelling = spellingOf(this);
    const start = readValue(from, spelling);
    if (stages.children.length === 0) return start;
    const read = stages.children.map((stage) => stageOf(stage, spelling));
    return { kind: "pipe", from: start, stages: read, span: spanOf(this, spelling) };
  },
  Sum: arithmetic,
  Product: arithmetic,
  Factor(minus, atom) {
    const spelling = spellingOf(this);
    const of = readValue(atom, spelling);
    return minus.children.length === 0 ? of : { kind: "negate", of, span: spanOf(this, spelling) };
  },
  Quantity(digits, unit) {
    const spelling = spellingOf(this);
    const number = nameAt(digits, spelling);
    const value = parseRational(number.text);
    if (value === null) {
      const where = whereOf(spelling.source, number.span);
      spelling.faults.add(syntaxFaults.report("number", where, { digits: number.text.slice(0, 60) }));
    }
    const named = optional(unit);
    const written = named === null ? null : nameAt(named, spelling);
    return { kind: "quantity", value: value ?? whole(1), unit: written, span: spanOf(this, spelling) };
  },
  List: items("list"),
  Group: items("group"),
  Call(path, args) {
    const spelling = spellingOf(this);
    const given = optional(args);
    const filled = given === null ? null : argumentsOf(given, spelling);
    return { kind: "call", path: nameAt(path, spelling), args: filled, span: spanOf(this, spelling) };
  },
  path(_sign) {
    const path = nameAt(this, spellingOf(this));
    return { kind: "call", path, args: null, span: path.span };
  },
  size(_sign) {
    const spelling = spellingOf(this);
    const { text, span } = nameAt(this, spelling);
    return { kind: "size", extents: integersOf(text, "x"), span };
  },
  ratio(_sign) {
    const spelling = spellingOf(this);
    const { text, span } = nameAt(this, spelling);
    const [part = 0, all = 0] = integersOf(text, ":");
    return { kind: "ratio", part, whole: all, span };
  },
  text(_sign) {
    return textAt(this, spellingOf(this));
  },
};

export const conditionActions: ActionDict<Condition> = {
  Condition(first, _or, rest) {
    const spelling = spellingOf(this);
    const parts = joined(first, rest, (n) => conditionOf(n, spelling));
    return parts.length === 1 && parts[0] !== undefined
      ? parts[0]
      : { kind: "or", parts, span: spanOf(this, spelling) };
  },
  Both(first, _and, rest) {
    const spelling = spellingOf(this);
    const parts = joined(first, rest, (n) => conditionOf(n, spelling));
    return parts.length === 1 && parts[0] !== undefined
      ? parts[0]
      : { kind: "and", parts, span: spanOf(this, spelling) };
  },
  Relation(not, left, operators, right) {
    const spelling = spellingOf(this);
    const operator = optional(operators);
    const other = optional(right);
    const compared: Comparison | null =
      operator === null || other === null
        ? null
        : { operator: nameAt(operator, spelling), value: readValue(other, spelling) };
    const negated = not.children.length > 0;
    return {
      kind: "relation",
      negated,
      left: readValue(left, spelling),
      right: compared,
      span: spanOf(this, spelling),
    };
  },
};

const loopOf = (node: Node, spelling: Spelling): Loop => {
  const span = spanOf(node, spelling);
  if (node.ctorName === "Repeat") {
    const times = readValue(node.child(1), spelling);
    return { kind: "repeat", times, stages: chainOf(node.child(3), spelling), span };
  }
  const named = node.child(1);
  const names =
    named.ctorName === "Names"
      ? joined(named.child(1), named.child(3), (n) => nameAt(n, spelling))
      : [nameAt(named, spelling)];
  const list = readValue(node.child(3), spelling);
  return { kind: "for", names, list, stages: chainOf(node.child(5), spelling), span };
};

export const chainActions: ActionDict<readonly Stage[]> = {
  Chain(first, _arrows, rest) {
    const spelling = spellingOf(this);
    return joined(first, rest, (stage) => stageOf(stage, spelling));
  },
};

export const stageActions: ActionDict<Stage> = {
  Stage(what, as) {
    const spelling = spellingOf(this);
    const span = spanOf(this, spelling);
    const given = optional(as);
    const label = given === null ? null : outputOf(given.child(1), given.child(3), spelling);
    if (what.ctorName === "Repeat" || what.ctorName === "For")
      return { what: loopOf(what, spelling), label, span };
    const call = readValue(what, spelling);
    if (call.kind !== "call") throw new Error("the grammar gave a stage that is no call");
    return { what: call, label, span };
  },
};

export const tensorActions: ActionDict<TensorShape> = {
  Tensor(kind, _open, first, _commas, rest, _last, _close) {
    const spelling = spellingOf(this);
    const written = optional(kind);
    const extents = joined(first, rest, (n) => readValue(n, spelling));
    return {
      kind: written === null ? null : nameAt(written, spelling),
      extents,
      span: spanOf(this, spelling),
    };
  },
};

const choicesOf = (node: Node, spelling: Spelling): readonly Choice[] => {
  if (node.ctorName === "Plain") return [{ from: readValue(node.child(0), spelling), to: null }];
  return joined(node.child(0), node.child(2), (range) => {
    const to = optional(range.child(2));
    return { from: readValue(range.child(0), spelling), to: to === null ? null : readValue(to, spelling) };
  });
};

export const argumentActions: ActionDict<readonly Argument[]> = {
  Arguments(_open, filled, _close) {
    const given = optional(filled);
    return given === null ? [] : argumentsOf(given, spellingOf(this));
  },
  Filled(first, _commas, rest, _last) {
    const spelling = spellingOf(this);
    return joined(first, rest, (n) => argumentsOf(n, spelling)).flat();
  },
  Argument(label, given) {
    const spelling = spellingOf(this);
    const written = optional(label);
    const name = written === null ? null : nameAt(written.child(0), spelling);
    return [{ name, choices: choicesOf(given, spelling), span: spanOf(this, spelling) }];
  },
};
