import type { Span } from "../../../compiler/diagnostics/index.ts";
import { showShape } from "../../../compiler/ir/core/index.ts";
import { kindFaults } from "../../diagnostics/kind.ts";
import { loopFaults } from "../../diagnostics/loop.ts";
import { nameFaults } from "../../diagnostics/name.ts";
import { timeFaults } from "../../diagnostics/time.ts";
import type { Call, Network, Output, TensorShape, Value } from "../../syntax.ts";
import { type Body, lookUp, tensorNames } from "../body.ts";
import { placeOf, report, userSpan } from "../context.ts";
import { kindOfShape } from "../declared.ts";
import type { Item } from "../items.ts";
import { reference } from "../kinds.ts";
import type { Flow } from "../layers/layer.ts";
import { stageName } from "../naming.ts";
import { matchOptions, type Options, optional, required, signature, spanOfOption } from "../options.ts";
import { shapeOf } from "../shapes.ts";
import { meant } from "../suggest.ts";
import { showTime, stepsOf } from "./clock.ts";
import { time } from "./parameters.ts";
import { place } from "./part.ts";

/** The names that stages of a pipe give to what they make. */
const labelsIn = (value: Value): readonly Output[] =>
  value.kind === "pipe" ? value.stages.flatMap(({ label }) => (label === null ? [] : [label])) : [];

/** Names that a body defines, with the shapes that it declares for them; null where it declares none. */
export const definedIn = ({ body, outputs }: Network): ReadonlyMap<string, TensorShape | null> => {
  const found = new Map<string, TensorShape | null>();
  const add = ({ name, shape }: Output): void => {
    found.set(name.text, shape ?? found.get(name.text) ?? null);
  };
  for (const output of outputs) if (output.shape !== null) add(output);
  for (const statement of body) {
    if (statement.kind !== "assign") continue;
    for (const label of [...labelsIn(statement.value), ...statement.targets]) add(label);
  }
  return found;
};

const signatureOf = signature("previous", ["tensor", "time"], ["tensor", "time"]);

type WordItem = Item & { readonly kind: "word" };

/** The declared shape of a name, or null (reported). */
const declaredShape = (body: Body, { text, span }: WordItem): TensorShape | null => {
  const { context, loops } = body;
  const declared = loops.get(text);
  const where = placeOf(context, span);
  if (declared === undefined) {
    const known = [...loops.keys(), ...tensorNames(body)];
    return report(context, nameFaults.report("tensor", where, { name: text, remedy: meant(text, known) }));
  }
  if (declared !== null) return declared;
  return report(context, loopFaults.report("shape", where, { name: text, example: `${text}: spikes[...]` }));
};

/** Steps back in time; null when they were refused. */
const stepsBack = (body: Body, options: Options, span: Span): number | null => {
  const { context, store } = body;
  if (!options.given.has("time")) return 1;
  const written = optional(options, "time", time, null);
  if (written === null) return null;
  if (written.n <= 0n) {
    const holes = { name: "time", value: showTime(written), example: "previous(h, 3 ms)" };
    return report(context, timeFaults.report("positive", placeOf(context, span), holes));
  }
  return store.clock.step === null ? 1 : stepsOf(context, store.clock, written, span);
};

/** `previous(h)`: h one step ago, `previous(h, 3 ms)`: so long ago. The loop is closed when h is built. */
export const previousOf = (body: Body, { args, path, span: written }: Call): Flow | null => {
  const { context, constants } = body;
  const span = userSpan(context, written);
  const options = matchOptions(context, constants, signatureOf, args ?? [], span);
  const name = options === null ? null : required(options, "tensor", reference);
  if (options === null || name === null) return null;
  const declared = declaredShape(body, name);
  const steps = stepsBack(body, options, spanOfOption(options, "time") ?? span);
  const shape = declared === null ? null : shapeOf(context, constants, declared);
  if (declared === null || shape === null || steps === null) return null;
  const kind = kindOfShape(declared);
  if (kind === "values") {
    const holes = { name: name.text, declared: showShape(shape), shape: showShape(shape) };
    return report(context, kindFaults.report("loop", placeOf(context, name.span), holes));
  }
  const stage = stageName(body, null, path.text);
  const part = { kind: "previous", name: name.text, steps } as const;
  const node = place(body.store.parts, { stage, span }, part, null, shape);
  body.open.push({ name: name.text, node });
  return { node, kind, word: path.text, span, inputs: [] };
};

/** Leads what a body built for the names of its loops back to where they are read. */
export const closeLoops = (body: Body): void => {
  for (const { name, node } of body.open) {
    const local = lookUp(body, name);
    const placed = body.store.parts.get(node);
    if (local?.kind === "tensor" && placed !== undefined) placed.from.node = local.flow.node;
  }
};
