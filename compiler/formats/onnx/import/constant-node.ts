import { type Make, type Weight, weight } from "../../../ir/core/index.ts";
import type { Tensor, TensorNode } from "../../../ir/tensor/index.ts";
import { nonFiniteIn } from "../decode/index.ts";
import { type Constant, dtypeOf } from "./value.ts";
import type { Derive } from "./weights.ts";

/** Makes nodes, and weights that the nodes of one model share. */
interface Builder {
  readonly make: Make<Tensor>;
  readonly derive: Derive;
}

const changed = (w: Weight, name: string, map: (x: number) => number): Weight =>
  weight({ name, shape: w.shape, dtype: "f32", data: w.stored().map(map) });

/** log(0 or 1): minus infinity where `w` is `infinity`. */
const barrier = ({ make, derive }: Builder, w: Weight, infinity: number): TensorNode => {
  const open = derive(w, `open but at ${infinity}`, (from) =>
    changed(from, `${from.name}_open`, (x) => (x === infinity ? 0 : 1)),
  );
  return make("unary", [make("constant", [], { value: open })], { fn: { kind: "log" } });
};

/**
 * A constant as a node. The numbers of a weight are finite, but masks of scores hold minus infinity: it is computed as
 * the logarithm of 0, so that the same sums come out as in the model.
 */
export const constantNode = (builder: Builder, { weight: w, element }: Constant): TensorNode => {
  const { make, derive } = builder;
  const dtype = dtypeOf(element);
  if (nonFiniteIn(w) < 0 || dtype !== "f32") return make("constant", [], { value: w, dtype });
  const numbers = w.stored();
  const finite = derive(w, "finite", (from) =>
    changed(from, from.name, (x) => (x === Infinity || x === -Infinity ? 0 : x)),
  );
  const parts: TensorNode[] = [make("constant", [], { value: finite })];
  if (numbers.includes(-Infinity)) parts.push(barrier(builder, w, -Infinity));
  if (numbers.includes(Infinity))
    parts.push(make("unary", [barrier(builder, w, Infinity)], { fn: { kind: "negate" } }));
  const [first, ...rest] = finite.stored().some((x) => x !== 0) ? parts : parts.slice(1);
  if (first === undefined) throw new Error(`${w.name} has neither zeros nor infinities`);
  return rest.length === 0 ? first : make("add", [first, ...rest], {});
};
