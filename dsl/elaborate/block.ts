import { item as at, type Shape, showShape } from "../../compiler/ir/core/index.ts";
import { blockFaults } from "../diagnostics/block.ts";
import { kindFaults } from "../diagnostics/kind.ts";
import { loopFaults } from "../diagnostics/loop.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import { toNumber, whole } from "../rational.ts";
import type { Input, Name, Network, Output, TensorShape } from "../syntax.ts";
import { allKnown } from "./all-known.ts";
import { type Body, type BuildBlock, bodyIn, type Carried, define, reportUnused, type Use } from "./body.ts";
import { countFaults, lineAt, placeOf, report } from "./context.ts";
import { flowOfOutput, kindFits, reportMisfit, shapeFits, takesKind } from "./declared.ts";
import { evaluate } from "./evaluate.ts";
import { type Constants, type Item, numberItem } from "./items.ts";
import { type Flow, shapeOfFlow } from "./layers/layer.ts";
import { stageName } from "./naming.ts";
import { clockOf, clocksAgree } from "./native/clock.ts";
import { definedIn } from "./native/defined.ts";
import { closeLoops } from "./native/previous.ts";
import { isOptionType, optionType, optionTypes } from "./option-types.ts";
import { matchOptions, type Options, readItem, signature } from "./options.ts";
import { extentOf } from "./shapes.ts";
import { levelAt } from "./stages.ts";
import { readStatement } from "./statements.ts";
import { meant } from "./suggest.ts";

/** The word for a tensor of any shape: `x: tensor`. */
const anyTensor = "tensor";

const isTensor = ({ shape, option }: Input): boolean => shape !== null || option?.text === anyTensor;

const inputKindFits = (body: Body, use: Use, { kind }: TensorShape, flow: Flow): boolean => {
  const needs = kind?.text;
  if (needs !== "signal" && needs !== "spikes") return true;
  if (takesKind(needs, flow.kind)) return true;
  const remedy =
    flow.kind === "values"
      ? "make spikes with `encode.rate` first"
      : "put neurons before it, or declare its input `signal[...]`";
  const holes = { name: use.name, needs, found: flow.kind, remedy };
  report(body.context, kindFaults.report("input", placeOf(body.context, use.word), holes));
  return false;
};

/** Binds the new names in a declared shape, and compares what is known already. */
const bindShape = (inside: Body, outside: Body, use: Use, declared: TensorShape, found: Shape): boolean => {
  const { context, constants } = inside;
  const { extents } = declared;
  const written = `[${extents.map((e) => (e.kind === "call" ? e.path.text : "...")).join(", ")}]`;
  if (extents.length !== found.length) return reportMisfit(outside, use, written, showShape(found));
  return extents.every((extent, axis) => {
    if (extent.kind === "call" && extent.args === null && isFree(constants, extent.path.text)) {
      constants.set(extent.path.text, numberItem(whole(at(found, axis)), extent.span));
      return true;
    }
    const wanted = extentOf(context, constants, extent);
    return (
      wanted !== null && (wanted === found[axis] || reportMisfit(outside, use, written, showShape(found)))
    );
  });
};

/** A name that stands for no number yet: in the shape of an input it names a size. */
const isFree = (constants: Constants, name: string): boolean => {
  const known = constants.get(name);
  return known === undefined || (known !== null && known.kind !== "number");
};

const bindInputs = (
  inside: Body,
  outside: Body,
  use: Use,
  tensors: readonly Input[],
  input: readonly Flow[],
) => {
  if (tensors.length !== input.length) {
    const holes = {
      name: use.name,
      wanted: tensors.length === 1 ? "one input" : `${tensors.length} inputs`,
      found: input.length === 1 ? "is one" : `are ${input.length}`,
      remedy: `write them before it: \`[${tensors.map(({ name }) => name.text).join(", ")}] -> ${use.name}\``,
    };
    report(outside.context, shapeFaults.report("inputs", placeOf(outside.context, use.word), holes));
    return false;
  }
  return tensors.every((tensor, i) => {
    const flow = at(input, i);
    const { shape, name } = tensor;
    const fits =
      shape === null ||
      (inputKindFits(outside, use, shape, flow) && bindShape(inside, outside, use, shape, shapeOfFlow(flow)));
    if (fits) define(inside, name, { kind: "tensor", flow });
    const defined = inside.locals.get(name.text);
    if (defined !== undefined) defined.read = true;
    return fits;
  });
};

const unknownType = (inside: Body, type: Name): null => {
  const holes = { name: type.text, remedy: meant(type.text, [anyTensor, ...optionTypes]) };
  return report(inside.context, nameFaults.report("type", placeOf(inside.context, type.span), holes));
};

/** What an option is: given, or its default, which may use the names before it. Null: a fault was reported. */
const optionOf = (inside: Body, options: Options, input: Input): Item | null => {
  const { name, option, otherwise } = input;
  const { context, constants } = inside;
  if (option === null || !isOptionType(option.text))
    return option === null ? null : unknownType(inside, option);
  const kind = optionType(option.text);
  const given = options.given.get(name.text);
  const written = given === undefined && otherwise !== null ? evaluate(context, constants, otherwise) : null;
  const item = given?.item ?? written;
  if (item !== null) return readItem(options, name.text, kind, item) === null ? null : item;
  if (given !== undefined || otherwise !== null) return null;
  const holes = {
    owner: options.owner,
    name: name.text,
    says: kind.says,
    example: `${name.text}: ${kind.example}`,
  };
  return report(context, blockFaults.report("missing", placeOf(context, options.at), holes));
};

/** An option has a name of its own: a size of the input that is called the same would hide behind it. */
const bindOption = (inside: Body, name: Name, item: Item): void => {
  if (inside.constants.hasOwn(name.text)) {
    const remedy = "a size of the input has this name already: choose another name";
    const where = placeOf(inside.context, name.span);
    report(inside.context, nameFaults.report("twice", where, { name: name.text, remedy }));
  }
  define(inside, name, { kind: "item" }, item);
};

const bindOptions = (inside: Body, outside: Body, use: Use, inputs: readonly Input[]): boolean => {
  const names = inputs.map(({ name }) => name.text);
  const options = matchOptions(
    outside.context,
    use.within,
    signature(use.name, names, names),
    use.args ?? [],
    use.span,
  );
  if (options === null) return false;
  return inputs
    .map((input) => {
      const item = optionOf(inside, options, input);
      if (item === null) return false;
      bindOption(inside, input.name, item);
      return true;
    })
    .every((fine) => fine);
};

/** What only a network says. One that is used as a stage may say its time, and it must be that around it. */
const networkOnly = (inside: Body, block: Network): void => {
  if (block.kind === "network") {
    const { step, profile, said } = clockOf(inside.context, inside.constants, block);
    const own = { step: step === null ? null : toNumber(step), profile: said === null ? null : profile.name };
    if (said !== null) clocksAgree(inside.context, block.name.text, said.span, own, inside.store.clock);
    return;
  }
  for (const statement of block.body) {
    if (statement.kind !== "weights" && statement.kind !== "step" && statement.kind !== "dynamics") continue;
    const span = statement.kind === "dynamics" ? statement.rule.span : statement.span;
    report(
      inside.context,
      blockFaults.report("network-only", placeOf(inside.context, span), { word: statement.kind }),
    );
  }
};

const outputOf = (inside: Body, { name, shape }: Output): Flow | null => {
  const flow = flowOfOutput(inside, name);
  if (flow === null || shape === null) return flow;
  const remedy = (found: string): string =>
    `declare ${found}, or change line ${lineAt(inside.context, flow.span)}`;
  return shapeFits(inside, name, shape, flow, remedy) &&
    (shape.kind === null || kindFits(inside, name, shape, flow))
    ? flow
    : null;
};

/** Reads the statements of a block whose inputs and options are bound. */
const runBlock = (inside: Body, block: Network): readonly (Flow | null)[] => {
  const { context } = inside;
  const before = countFaults(context);
  networkOnly(inside, block);
  const declares = (name: string): boolean => block.outputs.some((output) => output.name.text === name);
  for (const statement of block.body) readStatement(inside, statement, declares);
  closeLoops(inside);
  const outputs = block.outputs.map((output) => outputOf(inside, output));
  const broken = block.body.some(({ kind }) => kind === "broken");
  if (!broken && countFaults(context) === before) reportUnused(inside);
  return outputs;
};

const isCircular = ({ context }: Body, use: Use, block: Network): boolean => {
  const names = context.frames.map((frame) => frame.block);
  const from = context.frames.findIndex((frame) => frame.declared === block.name.span);
  if (from < 0) return false;
  const chain = [...names.slice(from), use.name].join(" -> ");
  report(context, loopFaults.report("circular", placeOf(context, use.word), { name: use.name, chain }));
  return true;
};

/**
 * Builds a block where a stage uses it. With a name it has a level of its own; without, its stages are counted on in
 * the body around it.
 */
export const buildBlock: BuildBlock = (body, use, { block, within }, label, input): Carried => {
  const { context } = body;
  if (isCircular(body, use, block)) return null;
  const named = label !== null && body.exact;
  const level = named ? levelAt(body.level, stageName(body, label, use.counted)) : body.level;
  const inside = bodyIn(body, within, level, named, body.instance, definedIn(block));
  const tensors = block.inputs.filter(isTensor);
  const settings = block.inputs.filter((one) => !isTensor(one));
  const bound = bindInputs(inside, body, use, tensors, input);
  if (!bindOptions(inside, body, use, settings) || !bound) return null;
  context.frames.push({ block: use.name, use: use.span, declared: block.name.span });
  try {
    const flows = runBlock(inside, block);
    const known = allKnown(flows);
    if (known === null) return null;
    return known.map((flow) => ({
      node: flow.node,
      kind: flow.kind,
      word: use.name,
      span: use.span,
      inputs: input,
    }));
  } finally {
    context.frames.pop();
  }
};
