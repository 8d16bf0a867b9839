import { item as at } from "../../compiler/ir/core/index.ts";
import { isWhole, showRational, toNumber } from "../rational.ts";
import type { Value } from "../syntax.ts";
import { type Context, sourceText } from "./context.ts";
import type { Constants, NumberItem, Working } from "./items.ts";

/** The expression with the numbers of its names, for example `18 / 4`. */
const substituted = (context: Context, within: Constants, value: Value): string => {
  if (value.kind === "arithmetic") {
    const rest = value.rest.map(
      (term) => `${term.operator.text} ${substituted(context, within, term.value)}`,
    );
    return [substituted(context, within, value.first), ...rest].join(" ");
  }
  const known = value.kind === "call" && value.args === null ? within.get(value.path.text) : null;
  return known?.kind === "number" ? showRational(known.value) : sourceText(context, value.span);
};

// What a loop over divisors may cost.
const largest = 1 << 20;

const divisorsNear = (total: number, by: number): readonly number[] => {
  let [low, high] = [0, 0];
  for (let n = 1; n <= total && total <= largest; n++) {
    if (total % n !== 0) continue;
    if (n < by) low = n;
    else if (high === 0) high = n;
  }
  return [low, high].filter((n) => n > 0);
};

/** For `a / b` with a whole `a` and a named `b`: what `b` may be. */
const otherDivisors = ({ value, within }: Working): string | null => {
  if (value.kind !== "arithmetic" || value.rest.length !== 1 || value.first.kind !== "call") return null;
  const { operator, value: divisor } = at(value.rest, 0);
  if (operator.text !== "/" || divisor.kind !== "call") return null;
  const [total, by] = [within.get(value.first.path.text), within.get(divisor.path.text)];
  if (total?.kind !== "number" || by?.kind !== "number" || !isWhole(total.value)) return null;
  const fits = divisorsNear(toNumber(total.value), toNumber(by.value));
  return fits.length === 0 ? null : `${divisor.path.text}: ${fits.join(" or ")}`;
};

/** How a number came to be no whole number, and what to write instead. */
export const partOf = (
  context: Context,
  owner: string,
  item: NumberItem,
): { readonly text: string; readonly remedy: string } => {
  const written = sourceText(context, item.span);
  const rounded = `\`floor(${written})\` or \`ceil(${written})\``;
  const { working } = item;
  if (working === null) return { text: `${written} is`, remedy: `write ${rounded}` };
  const shown = substituted(context, working.within, working.value);
  const text = shown === written ? `${written} is` : `${written} is ${shown} =`;
  const divisors = otherDivisors(working);
  const remedy = divisors === null ? `write ${rounded}` : `use ${divisors}, or ${owner}(ceil(${written}))`;
  return { text, remedy };
};
