import { loopFaults } from "../diagnostics/loop.ts";
import { isWhole, showRational, toNumber } from "../rational.ts";
import type { Loop, Name } from "../syntax.ts";
import { allKnown } from "./all-known.ts";
import type { Body } from "./body.ts";
import { mostStages, placeOf, report, sourceText } from "./context.ts";
import { showCount } from "./count.ts";
import { evaluate, numberOf } from "./evaluate.ts";
import { type Constants, type Item, scopeIn } from "./items.ts";

type Repeat = Loop & { readonly kind: "repeat" };
type For = Loop & { readonly kind: "for" };

const repeated = ({ context, constants }: Body, { times }: Repeat): readonly Constants[] | null => {
  const value = numberOf(context, constants, times);
  if (value === null) return null;
  const count = toNumber(value);
  if (isWhole(value) && count >= 0 && count <= mostStages)
    return Array.from({ length: count }, () => constants);
  const holes = { value: showRational(value), limit: showCount(mostStages) };
  return report(context, loopFaults.report("times", placeOf(context, times.span), holes));
};

const named = (body: Body, names: readonly Name[], item: Item): Constants | null => {
  const { context, constants } = body;
  const scope = scopeIn(constants);
  const [only] = names;
  if (only !== undefined && names.length === 1) {
    scope.set(only.text, item);
    return scope;
  }
  const parts = item.kind === "list" ? item.items : [item];
  if (parts.length !== names.length) {
    const holes = { text: sourceText(context, item.span), found: parts.length, wanted: names.length };
    return report(context, loopFaults.report("parts", placeOf(context, item.span), holes));
  }
  names.forEach((name, i) => {
    scope.set(name.text, parts[i] ?? null);
  });
  return scope;
};

const walked = (body: Body, { names, list }: For): readonly Constants[] | null => {
  const item = evaluate(body.context, body.constants, list);
  if (item === null) return null;
  const items = item.kind === "list" ? item.items : [item];
  return allKnown(items.map((part) => named(body, names, part)));
};

/** The names that each round of a loop sees. Null: a fault was reported. */
export const roundsOf = (body: Body, loop: Loop): readonly Constants[] | null =>
  loop.kind === "repeat" ? repeated(body, loop) : walked(body, loop);
