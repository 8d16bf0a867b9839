import type { Where } from "../../compiler/diagnostics/index.ts";
import { sameShape, showShape } from "../../compiler/ir/core/index.ts";
import { makeTensor } from "../../compiler/ir/tensor/index.ts";
import { kindFaults } from "../diagnostics/kind.ts";
import { shapeFaults } from "../diagnostics/shape.ts";
import type { Name } from "../syntax.ts";
import type { Body, Carried, Use } from "./body.ts";
import { placeOf, report } from "./context.ts";
import { count } from "./kinds.ts";
import { type Flow, shapeOfFlow } from "./layers/layer.ts";
import type { Join } from "./layers/table.ts";
import { stageName } from "./naming.ts";
import { matchOptions, required, signature, spanOfOption } from "./options.ts";
import { isBounded } from "./shapes.ts";

/** The one value that a layer reads. Null: a fault was reported. */
export const onlyInput = (body: Body, use: Use, input: Carried): Flow | null => {
  if (input === null) return null;
  const [single] = input;
  if (single !== undefined && input.length === 1) return single;
  const holes = {
    name: use.name,
    wanted: "one input",
    found: `are ${input.length}`,
    remedy: "join them with `concat` or `+` first",
  };
  return report(body.context, shapeFaults.report("inputs", placeOf(body.context, use.word), holes));
};

const joinable = (body: Body, use: Use, first: Flow, other: Flow): boolean => {
  const [a, b] = [shapeOfFlow(first), shapeOfFlow(other)];
  const where = (): Where => placeOf(body.context, use.span);
  if (first.kind !== other.kind) {
    report(body.context, kindFaults.report("mixed", where(), { left: first.kind, right: other.kind }));
    return false;
  }
  if (a.length === b.length && sameShape(a.slice(1), b.slice(1))) return true;
  report(body.context, shapeFaults.report("concat", where(), { left: showShape(a), right: showShape(b) }));
  return false;
};

const concat = (body: Body, use: Use, label: Name | null, input: Carried): Carried => {
  const options = matchOptions(body.context, use.within, signature("concat", []), use.args ?? [], use.span);
  const stage = stageName(body, label, use.counted);
  const [first] = input ?? [];
  if (options === null || input === null || first === undefined) return null;
  if (!input.every((other) => joinable(body, use, first, other))) return null;
  const nodes = input.map((flow) => flow.node);
  const node = makeTensor("concat", nodes, { axis: 0 }, [{ name: stage, span: use.span }]);
  return isBounded(body.context, node.type.shape, use.span)
    ? [{ node, kind: first.kind, word: "concat", span: use.span, inputs: input }]
    : null;
};

/** Equal parts along the channels. */
const split = (body: Body, use: Use, label: Name | null, input: Carried): Carried => {
  const { context } = body;
  const options = matchOptions(context, use.within, signature("split", ["parts"]), use.args ?? [], use.span);
  const parts = options === null ? null : required(options, "parts", count);
  const from = onlyInput(body, use, input);
  const stage = stageName(body, label, use.counted);
  if (options === null || parts === null || from === null) return null;
  const [channels = 1, ...rest] = shapeOfFlow(from);
  if (channels % parts !== 0) {
    const span = spanOfOption(options, "parts") ?? use.span;
    return report(context, shapeFaults.report("split", placeOf(context, span), { parts, channels }));
  }
  const size = channels / parts;
  return Array.from({ length: parts }, (_, i) => {
    const starts = [i * size, ...rest.map(() => 0)];
    const attrs = { starts, sizes: [size, ...rest] };
    const node = makeTensor("slice", [from.node], attrs, [{ name: stage, span: use.span }]);
    return { node, kind: from.kind, word: "split", span: use.span, inputs: [from] };
  });
};

const builders = { concat, split };

/** Builds a layer of several inputs or outputs. */
export const applyJoin = (body: Body, join: Join, use: Use, label: Name | null, input: Carried): Carried =>
  builders[join](body, use, label, input);
