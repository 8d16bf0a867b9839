import type { ActionDict, Node } from "ohm-js";
import type { Binding, Declaration, Import, Input, Later, Output, Statement, Step } from "../syntax.ts";
import { nameAt, optional, type Spelling, spanOf, spellingOf, textAt, type Wrapped } from "./fragment.ts";
import { conditionOf, outputOf, readValue, tensorOf } from "./read-value.ts";

export const statementOf = (node: Wrapped, spelling: Spelling): Statement => node.statement(spelling);
export const stepOf = (node: Wrapped, spelling: Spelling): Step => node.step(spelling);
export const headOf = (node: Wrapped, spelling: Spelling): Declaration => node.head(spelling);

const outputsOf = (first: Node, rest: Node, spelling: Spelling): readonly Output[] =>
  [first, ...rest.children].map((node) => outputOf(node.child(0), node.child(2), spelling));

const bindingOf = (node: Node, spelling: Spelling): Binding => ({
  stage: nameAt(node.child(0), spelling),
  prefix: textAt(node.child(2), spelling),
});

const bindingsOf = (node: Node | null, spelling: Spelling): readonly Binding[] =>
  node === null
    ? []
    : [node.child(1), ...node.child(3).children].map((binding) => bindingOf(binding, spelling));

const later = (keyword: Node, names: readonly Node[], spelling: Spelling): Later => ({
  kind: "later",
  word: nameAt(keyword, spelling),
  names: names.map((name) => nameAt(name, spelling).text),
});

export const statementActions: ActionDict<Statement> = {
  Weights(_weights, from, _in, order, bindings) {
    const spelling = spellingOf(this);
    const written = optional(order);
    return {
      kind: "weights",
      from: readValue(from, spelling),
      inOrder: written === null ? null : nameAt(written, spelling),
      bindings: bindingsOf(optional(bindings), spelling),
      span: spanOf(this, spelling),
    };
  },
  Assign(first, _commas, rest, _equals, value) {
    const spelling = spellingOf(this);
    const targets = outputsOf(first, rest, spelling);
    return { kind: "assign", targets, value: readValue(value, spelling), span: spanOf(this, spelling) };
  },
  StepTime(keyword, _time) {
    return later(keyword, [], spellingOf(this));
  },
  Dynamics(keyword, _rule) {
    return later(keyword, [], spellingOf(this));
  },
  Param(keyword, name, _colon, _shape, _equals, _init) {
    return later(keyword, [name], spellingOf(this));
  },
  Shared(keyword, name, _equals, _chain) {
    return later(keyword, [name], spellingOf(this));
  },
  Require(keyword, _condition, _comma, _reason) {
    return later(keyword, [], spellingOf(this));
  },
};

export const stepActions: ActionDict<Step> = {
  Require(_require, condition, _comma, _reason) {
    const spelling = spellingOf(this);
    return { kind: "require", condition: conditionOf(condition, spelling), span: spanOf(this, spelling) };
  },
  Goal(keyword, _first, _commas, _rest) {
    return { kind: "goal", word: nameAt(keyword, spellingOf(this)) };
  },
  Pass(path, args) {
    const spelling = spellingOf(this);
    const filled = args.filled(spelling);
    const span = spanOf(this, spelling);
    return { kind: "pass", call: { kind: "call", path: nameAt(path, spelling), args: filled, span } };
  },
};

const inputOf = (node: Node, spelling: Spelling): Input => {
  const shape = node.child(2);
  return {
    name: nameAt(node.child(0), spelling),
    shape: shape.ctorName === "Tensor" ? tensorOf(shape, spelling) : null,
  };
};

const inputsOf = (node: Node | null, spelling: Spelling): readonly Input[] =>
  node === null ? [] : [node.child(0), ...node.child(2).children].map((input) => inputOf(input, spelling));

/** Heads alone: the layout pass knows the bodies. */
export const headActions: ActionDict<Declaration> = {
  Import(_import, first, _commas, rest, _from, file): Import {
    const spelling = spellingOf(this);
    const names = [first, ...rest.children].map((node) => {
      const name = nameAt(node.child(0), spelling);
      const renamed = optional(node.child(2));
      return { name, local: renamed === null ? name : nameAt(renamed, spelling) };
    });
    return { kind: "import", names, file: textAt(file, spelling) };
  },
  Data(_data, name, _colon, shape, _equals, source) {
    const spelling = spellingOf(this);
    return {
      kind: "data",
      name: nameAt(name, spelling),
      shape: tensorOf(shape, spelling),
      source: readValue(source, spelling),
      span: spanOf(this, spelling),
    };
  },
  Constant(name, _equals, value) {
    const spelling = spellingOf(this);
    return { kind: "constant", name: nameAt(name, spelling), value: readValue(value, spelling) };
  },
  Network(keyword, name, _open, inputs, _close, _arrow, first, _commas, rest) {
    const spelling = spellingOf(this);
    if (nameAt(keyword, spelling).text === "block") return later(keyword, [name], spelling);
    return {
      kind: "network",
      name: nameAt(name, spelling),
      inputs: inputsOf(optional(inputs), spelling),
      outputs: outputsOf(first, rest, spelling),
      body: [],
    };
  },
  Compile(_compile, network, _for, first, _commas, rest) {
    const spelling = spellingOf(this);
    const targets = [first, ...rest.children].map((node) => readValue(node, spelling));
    return {
      kind: "compile",
      network: nameAt(network, spelling),
      targets: targets.flatMap((target) => (target.kind === "call" ? [target] : [])),
      steps: [],
      span: spanOf(this, spelling),
    };
  },
};
