import type { Span } from "../../../compiler/diagnostics/index.ts";
import type { TensorNode } from "../../../compiler/ir/tensor/index.ts";
import type { InputCode } from "../../../compiler/native/index.ts";
import { kindFaults } from "../../diagnostics/kind.ts";
import { type Context, lineAt, placeOf, report, sourceText } from "../context.ts";
import type { TimeDraft } from "./draft.ts";
import { moves } from "./linear.ts";
import type { Placed } from "./part.ts";

/** Where a tensor was written; every one of a program says so. */
export const spanOf = ({ op, origins: [origin] }: TensorNode): Span => {
  if (origin === undefined || origin.span === null) throw new Error(`${op} has no place`);
  return origin.span;
};

/** The word of a stage as it was written. */
export const wordOf = (context: Context, node: TensorNode): string =>
  sourceText(context, spanOf(node)).split("(")[0] ?? "";

const reportHost = (context: Context, node: TensorNode, where: string, remedy: string): null => {
  const holes = { word: wordOf(context, node), where, remedy };
  return report(context, kindFaults.report("host", placeOf(context, spanOf(node)), holes));
};

/** The first node behind moves that only change places, with those moves, the nearest to it first. */
const beforeMoves = (node: TensorNode): { readonly source: TensorNode; readonly moved: TensorNode[] } => {
  const moved: TensorNode[] = [];
  let source = node;
  while (moves(source)) {
    moved.unshift(source);
    source = source.inputs[0] ?? source;
  }
  return { source, moved };
};

type Encoder = Placed & { readonly part: { readonly kind: "encode" } };

const isEncoder = (placed: Placed): placed is Encoder => placed.part.kind === "encode";

/** The input that an encoder reads. Null: a fault was reported. */
const encodedInput = (context: Context, draft: TimeDraft, { from, part }: Encoder): TensorNode | null => {
  if (from.node === null) return null;
  const { source } = beforeMoves(from.node);
  if (draft.inputs.some((input) => input === source)) return source;
  const remedy =
    part.code.kind === "delta"
      ? "`encode.delta` reads an input of the network"
      : "scale the data instead, or put the layer behind `encode`, where it reads spikes";
  return reportHost(context, source, "before `encode`", remedy);
};

/** The code of every input that has one. Null: faults were reported. */
export const codesOf = (context: Context, draft: TimeDraft): ReadonlyMap<TensorNode, InputCode> | null => {
  const found = new Map<TensorNode, Encoder>();
  let fine = true;
  for (const encoder of [...draft.store.parts.values()].filter(isEncoder)) {
    const input = encodedInput(context, draft, encoder);
    const before = input === null ? undefined : found.get(input);
    if (input === null) fine = false;
    else if (before === undefined) found.set(input, encoder);
    else {
      fine = false;
      const names = { input: input.origins[0]?.name ?? "the input", line: lineAt(context, before.span) };
      const [first, second] = [sourceText(context, before.span), sourceText(context, encoder.span)];
      const where = placeOf(context, encoder.span);
      report(context, kindFaults.report("codes", where, { ...names, first, second }));
    }
  }
  return fine ? new Map([...found].map(([input, { part }]) => [input, part.code])) : null;
};

/** What an output of values reads, and the moves behind it. Null: a fault was reported. */
export const readerOf = (
  context: Context,
  { store }: TimeDraft,
  value: TensorNode,
): { readonly reader: Placed; readonly moved: readonly TensorNode[] } | null => {
  const { source, moved } = beforeMoves(value);
  const reader = store.parts.get(source);
  if (reader?.part.kind === "read") return { reader, moved };
  return reportHost(
    context,
    source,
    "behind the read-out",
    "put it before `read`, or compute it from the output",
  );
};
