import type { ActionDict, Node } from "ohm-js";
import type { Binding, Declaration, Import, Input, Output, Require, Statement, Step } from "../syntax.ts";
import { nameAt, optional, type Spelling, spanOf, spellingOf, textAt, type Wrapped } from "./fragment.ts";
import { chainOf, conditionOf, outputOf, readValue, tensorOf } from "./read-value.ts";

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

const requireOf = (node: Node, condition: Node, reason: Node): Require => {
  const spelling = spellingOf(node);
  const written = optional(reason);
  return {
    kind: "require",
    condition: conditionOf(condition, spelling),
    reason: written === null ? null : textAt(written, spelling),
    span: spanOf(node, spelling),
  };
};

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
  StepTime(_step, time) {
    const spelling = spellingOf(this);
    return { kind: "step", time: readValue(time, spelling), span: spanOf(this, spelling) };
  },
  Dynamics(_dynamics, rule) {
    return { kind: "dynamics", rule: nameAt(rule, spellingOf(this)) };
  },
  Param(_param, name, _colon, shape, _equals, init) {
    const spelling = spellingOf(this);
    const written = optional(init);
    return {
      kind: "param",
      name: nameAt(name, spelling),
      shape: tensorOf(shape, spelling),
      init: written === null ? null : readValue(written, spelling),
      span: spanOf(this, spelling),
    };
  },
  Shared(_shared, name, _equals, chain) {
    const spelling = spellingOf(this);
    const stages = chainOf(chain, spelling);
    return { kind: "shared", name: nameAt(name, spelling), stages, span: spanOf(this, spelling) };
  },
  Require(_require, condition, _comma, reason) {
    return requireOf(this, condition, reason);
  },
};

export const stepActions: ActionDict<Step> = {
  Require(_require, condition, _comma, reason) {
    return requireOf(this, condition, reason);
  },
  Goal(keyword, first, _commas, rest) {
    const spelling = spellingOf(this);
    const metrics = [first, ...rest.children].map((name) => nameAt(name, spelling));
    return { kind: "goal", word: nameAt(keyword, spelling), metrics };
  },
  Pass(path, args) {
    const spelling = spellingOf(this);
    const filled = args.filled(spelling);
    const span = spanOf(this, spelling);
    return { kind: "pass", call: { kind: "call", path: nameAt(path, spelling), args: filled, span } };
  },
};

const inputOf = (node: Node, spelling: Spelling): Input => {
  const type = node.child(2);
  const isTensor = type.ctorName === "Tensor";
  const otherwise = optional(node.child(4));
  return {
    name: nameAt(node.child(0), spelling),
    shape: isTensor ? tensorOf(type, spelling) : null,
    option: isTensor ? null : nameAt(type, spelling),
    otherwise: otherwise === null ? null : readValue(otherwise, spelling),
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
    return {
      kind: nameAt(keyword, spelling).text === "block" ? "block" : "network",
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
