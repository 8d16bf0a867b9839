import { nameFaults } from "../diagnostics/name.ts";
import { optionFaults } from "../diagnostics/option.ts";
import { libraryNames } from "../library/index.ts";
import type { Call, Name, Output, Stage } from "../syntax.ts";
import { type Body, bodyIn, type Carried, define, defineUnknown, type Use } from "./body.ts";
import { canSpend, nested, placeOf, report, spend, userSpan } from "./context.ts";
import { kindFits, shapeFits } from "./declared.ts";
import { inlineGraph } from "./inline.ts";
import type { Item, SharedItem, WordItem } from "./items.ts";
import { applyJoin, onlyInput } from "./joins.ts";
import type { Flow, Layer } from "./layers/layer.ts";
import { calledElsewhere, layerWords } from "./layers/table.ts";
import { roundsOf } from "./loops.ts";
import { stageName } from "./naming.ts";
import { inlineNative } from "./native/inline.ts";
import { isTaken, kindGiven } from "./native/turn.ts";
import { matchOptions, signature } from "./options.ts";
import { resolve } from "./resolve.ts";
import { isBounded } from "./shapes.ts";
import { firstInput } from "./shared.ts";
import { levelAgain, levelAt } from "./stages.ts";
import { meant } from "./suggest.ts";

const applyLayer = (body: Body, layer: Layer, use: Use, label: Name | null, input: Carried): Carried => {
  const { context } = body;
  const options = matchOptions(context, use.within, layer.signature, use.args ?? [], use.span);
  const single = onlyInput(body, use, input);
  const stage = stageName(body, label, use.counted === use.name ? layer.counted : use.counted);
  if (options === null || single === null) return null;
  const { store, instance } = body;
  const site = { context, stage, span: use.span, word: use.word, options, store, instance };
  const taken = isTaken(context, use, layer, single);
  const node = layer.build(site, single);
  if (!taken || node === null || !isBounded(context, node.type.shape, use.span)) return null;
  return [{ node, kind: kindGiven(layer, single), word: use.name, span: use.span, inputs: [single] }];
};

/** A name for a layer is a shorthand: each use is a new stage, counted under that name. */
const applyNamed = (body: Body, item: WordItem, use: Use, label: Name | null, input: Carried): Carried => {
  if (use.args !== null && use.args.length > 0) {
    const where = placeOf(body.context, use.span);
    const holes = {
      owner: use.name,
      most: "no values",
      remedy: `write them where \`${use.name}\` is defined`,
    };
    return report(body.context, optionFaults.report("position", where, holes));
  }
  const { text, args, within } = item;
  return applyUse(body, { ...use, name: text, args, within }, label, input);
};

/** Every use of a shared stage is new nodes with the same parameters. */
const applyShared = (body: Body, shared: SharedItem, use: Use, input: Carried): Carried => {
  if (input === null || !firstInput(body, shared, use, input)) return null;
  const { path, within, parameters, stages } = shared;
  return applyStages(bodyIn(body, within, levelAgain(path), true, parameters), stages, null, input);
};

/** A stage that stands as it was made takes no options; those that are written are reported. */
const isBare = ({ context }: Body, { name, args, within, span }: Use): boolean =>
  matchOptions(context, within, signature(name, []), args ?? [], span) !== null;

const applyItem = (body: Body, item: Item, use: Use, label: Name | null, input: Carried): Carried => {
  switch (item.kind) {
    case "word":
      return applyNamed(body, item, use, label, input);
    case "block":
      return input === null ? null : body.buildBlock(body, use, item, label, input);
    case "shared":
      return isBare(body, use) ? applyShared(body, item, use, input) : null;
    case "network": {
      const made = item.get();
      if (made === null || input === null) return null;
      if (made.kind === "block") return body.buildBlock(body, use, made, label, input);
      if (!isBare(body, use)) return null;
      if (made.kind === "native") return inlineNative(body, use, made, label, input);
      return inlineGraph(body, use, made.graph, label, input);
    }
    default:
      return unknownLayer(body, use);
  }
};

const unknownLayer = (body: Body, use: Use): null => {
  const { context } = body;
  const local = body.locals.get(use.name)?.local;
  if (local?.kind === "unknown") return null;
  const alias = calledElsewhere(use.name);
  const known = [...layerWords, ...libraryNames, ...use.within.keys()];
  const asLayer = alias === null ? meant(use.name, known) : `did you mean \`${alias}\`?`;
  const asTensor = "a tensor stands before the arrows; add it with `+`, or join it with `[a, b] -> concat`";
  const holes = { name: use.name, remedy: local === undefined ? asLayer : asTensor };
  return report(context, nameFaults.report("layer", placeOf(context, use.word), holes));
};

const applyUse = (body: Body, use: Use, label: Name | null, input: Carried): Carried =>
  nested(body.context, use.span, () => applyFound(body, use, label, input));

const applyFound = (body: Body, use: Use, label: Name | null, input: Carried): Carried => {
  if (!spend(body.context, use.span)) return null;
  const found = resolve(use.within, use.name);
  switch (found.kind) {
    case "layer":
      return applyLayer(body, found.layer, use, label, input);
    case "join":
      return applyJoin(body, found.join, use, label, input);
    case "item":
      return applyItem(body, found.item, use, label, input);
    case "unread":
      return null;
    case "unknown":
      return unknownLayer(body, use);
  }
};

/** A word and its arguments where they stand. */
const useOf = ({ context, constants }: Body, { path, args, span }: Call): Use => ({
  name: path.text,
  counted: path.text,
  args,
  within: constants,
  span: userSpan(context, span),
  word: userSpan(context, path.span),
});

/** Checks the shape that a stage or a line declares, if it does. */
export const checkShape = (body: Body, { name, shape }: Output, flow: Flow): void => {
  if (shape === null) return;
  const remedy = (found: string): string => `declare ${found}, or change the stage before it`;
  if (shapeFits(body, name, shape, flow, remedy) && shape.kind !== null) kindFits(body, name, shape, flow);
};

const labelled = (body: Body, label: Output | null, flows: Carried): void => {
  if (label === null) return;
  const [flow, ...others] = flows ?? [];
  if (flow === undefined || others.length > 0) defineUnknown(body, label.name.text);
  else {
    define(body, label.name, { kind: "tensor", flow });
    checkShape(body, label, flow);
    const defined = body.locals.get(label.name.text);
    // A stage may have a name for its weights or the recipe alone.
    if (defined !== undefined) defined.read = true;
  }
};

type LoopStage = Exclude<Stage["what"], Call>;

/** Rounds one after the other; a loop with a name has a level for each. */
const applyLoop = (body: Body, loop: LoopStage, label: Name | null, input: Carried): Carried => {
  const rounds = roundsOf(body, loop);
  if (rounds === null) return null;
  // Each round costs one, and each layer or block in it: what is too much is known before it is built.
  const least = rounds.length * (1 + loop.stages.filter(({ what }) => what.kind === "call").length);
  if (input !== null && !canSpend(body.context, least, loop.span)) return null;
  const path = label === null || !body.exact ? null : stageName(body, label, label.text);
  let carried: Carried = input;
  for (const [index, within] of rounds.entries()) {
    // Behind a fault one round says all that is wrong.
    if ((carried === null && index > 0) || !spend(body.context, loop.span)) return null;
    const level = path === null ? body.level : levelAt(body.level, `${path}.${index}`);
    carried = applyStages(bodyIn(body, within, level, path !== null), loop.stages, null, carried);
  }
  return carried;
};

const applyStage = (body: Body, stage: Stage, last: Name | null, input: Carried): Carried => {
  const { what, label } = stage;
  const name = label?.name ?? last;
  const flows =
    what.kind === "call"
      ? applyUse(body, useOf(body, what), name, input)
      : nested(body.context, what.span, () => applyLoop(body, what, name, input));
  labelled(body, label, flows);
  return flows;
};

/** Leads values through the stages of a pipe; `last` names the last one when it has no name of its own. */
export const applyStages = (
  body: Body,
  stages: readonly Stage[],
  last: Name | null,
  input: Carried,
): Carried => {
  let carried = input;
  for (const [index, stage] of stages.entries()) {
    carried = applyStage(body, stage, index === stages.length - 1 ? last : null, carried);
  }
  return carried;
};
