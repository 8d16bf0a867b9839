import type { Span } from "../../../compiler/diagnostics/index.ts";
import { showShape } from "../../../compiler/ir/core/index.ts";
import { kindFaults } from "../../diagnostics/kind.ts";
import { loopFaults } from "../../diagnostics/loop.ts";
import { nameFaults } from "../../diagnostics/name.ts";
import type { Call, TensorShape } from "../../syntax.ts";
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
import { stepsOf, tooShort } from "./clock.ts";
import { likelyShape } from "./defined.ts";
import { time } from "./parameters.ts";
import { place } from "./part.ts";

const signatureOf = signature("previous", ["tensor", "time"], ["tensor", "time"]);

type WordItem = Item & { readonly kind: "word" };

/** The declared shape of a name, or null (reported). */
const declaredShape = (body: Body, { text, span }: WordItem, call: Span): TensorShape | null => {
  const { context, loops } = body;
  const defined = loops.get(text);
  if (defined === undefined) {
    const holes = { name: text, remedy: meant(text, [...loops.keys(), ...tensorNames(body)]) };
    return report(context, nameFaults.report("tensor", placeOf(context, span), holes));
  }
  if (defined.shape !== null) return defined.shape;
  const holes = { name: text, example: likelyShape(defined.value) };
  return report(context, loopFaults.report("shape", placeOf(context, call), holes));
};

/** Steps back in time; null when they were refused. */
const stepsBack = (body: Body, options: Options, span: Span): number | null => {
  const { context, store } = body;
  if (!options.given.has("time")) return 1;
  const written = optional(options, "time", time, null);
  if (written === null) return null;
  if (written.n <= 0n) return tooShort(context, "time", written, "previous(h, 3 ms)", span);
  return store.clock.step === null ? 1 : stepsOf(context, store.clock, "time", written, span);
};

/** `previous(h)`: h one step ago, `previous(h, 3 ms)`: so long ago. The loop is closed when h is built. */
export const previousOf = (body: Body, { args, path, span: whole }: Call): Flow | null => {
  const { context, constants } = body;
  const span = userSpan(context, path.span);
  const options = matchOptions(context, constants, signatureOf, args ?? [], span);
  const name = options === null ? null : required(options, "tensor", reference);
  if (options === null || name === null) return null;
  const declared = declaredShape(body, name, userSpan(context, whole));
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
