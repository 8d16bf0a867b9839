import { perGraph } from "../../../compiler/ir/core/index.ts";
import type { Call, Network, Output, TensorShape, Value } from "../../syntax.ts";

/** A name that a body gives to a tensor. */
export interface Definition {
  /** Null: the body declares none. */
  readonly shape: TensorShape | null;
  /** What its line says; null for a name on the way and for an output. */
  readonly value: Value | null;
}

/** The names that stages of a pipe give to what they make. */
const labelsIn = (value: Value): readonly Output[] =>
  value.kind === "pipe" ? value.stages.flatMap(({ label }) => (label === null ? [] : [label])) : [];

/** Names that a body defines, wherever their line stands; the same for every use of a block. */
export const definedIn = perGraph(({ body, outputs }: Network): ReadonlyMap<string, Definition> => {
  const found = new Map<string, Definition>();
  const add = ({ name, shape }: Output, value: Value | null): void => {
    const known = found.get(name.text);
    found.set(name.text, { shape: shape ?? known?.shape ?? null, value: value ?? known?.value ?? null });
  };
  for (const output of outputs) if (output.shape !== null) add(output, null);
  for (const statement of body) {
    if (statement.kind !== "assign") continue;
    for (const label of labelsIn(statement.value)) add(label, null);
    for (const target of statement.targets) add(target, statement.value);
  }
  return found;
});

/** The words of a value that stand for layers, in their order. */
const callsIn = (value: Value): readonly Call[] => {
  switch (value.kind) {
    case "call":
      return [value];
    case "pipe":
      return [
        ...callsIn(value.from),
        ...value.stages.flatMap(({ what }) => (what.kind === "call" ? [what] : [])),
      ];
    case "arithmetic":
      return [value.first, ...value.rest.map((term) => term.value)].flatMap(callsIn);
    case "group":
    case "list":
      return value.items.flatMap(callsIn);
    case "negate":
      return callsIn(value.of);
    default:
      return [];
  }
};

const unitsOf = ({ path, args }: Call): string | null => {
  const first = args?.[0]?.choices[0]?.from;
  return path.text === "dense" && first?.kind === "quantity" ? `${first.value.n}` : null;
};

/** What a name would most likely be declared as, for a message: the units of its last `dense`; sums are no spikes. */
export const likelyShape = (value: Value | null): string => {
  const calls = value === null ? [] : callsIn(value);
  const units = calls.map(unitsOf).findLast((text) => text !== null) ?? "...";
  const last = calls.at(-1)?.path.text ?? "";
  const signal = value?.kind === "arithmetic" || /^(I|LI|CubaLI|dense|conv)$/.test(last);
  return `${signal ? "signal" : "spikes"}[${units}]`;
};
