import {
  type Labels,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
  transform,
  type Weight,
  weightsIn,
  withInputs,
} from "../../ir/index.ts";
import { definePass } from "../../pass/index.ts";

// Computes once what the network computes twice.
//
// before:
//   tensor "t" {
//     x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
//     a = unary(x, fn=relu) : f32(shape=[2]) @ "a"
//     b = unary(x, fn=relu) : f32(shape=[2]) @ "b"
//     s = add([a, b]) : f32(shape=[2]) @ "s"
//     output "y" = s
//   }
// after:
//   tensor "t" {
//     x = input(name="x", shape=[2]) : f32(shape=[2]) @ "x"
//     a = unary(x, fn=relu) : f32(shape=[2]) @ "a"
//     s = add([a, a]) : f32(shape=[2]) @ "s"
//     output "y" = s
//   }
//
// Conditions: the same op on the same inputs with the same attributes; weights are the same when their numbers are.
// Inputs of the network and unknown ops stay, as nothing says that two unknown ops give the same.
// The first of the nodes stays, with its own origins.

/** Numbers that tell nodes apart. */
const numbering = (): ((node: TensorNode) => number) => {
  const numbers = new Map<TensorNode, number>();
  return (node) => {
    const number = numbers.get(node) ?? numbers.size;
    numbers.set(node, number);
    return number;
  };
};

const hashes: Labels = { weight: (w: Weight) => w.hash() };

/** Everything but the weights: hashing those is only worth it when the rest is the same. */
const shapeKey = (
  node: TensorNode,
  inputs: readonly TensorNode[],
  numberOf: (node: TensorNode) => number,
): string => {
  const weights = weightsIn(tensorLevel.ops[node.op].attrs, node.attrs).map(({ shape }) => shape.join("x"));
  return `${node.op} ${inputs.map(numberOf).join()} ${weights.join()}`;
};

const attrsKey = (node: TensorNode): string =>
  Object.entries(tensorLevel.ops[node.op].attrs)
    .map(([name, attr]) => {
      const given: Readonly<Record<string, unknown>> = node.attrs;
      return `${name}=${JSON.stringify(attr.toTree(given[name], hashes))}`;
    })
    .join();

const run = (graph: TensorGraph): TensorGraph => {
  const numberOf = numbering();
  const seen = new Map<string, TensorNode[]>();
  return transform(tensorLevel, graph, (node, inputs) => {
    if (node.op === "input" || node.op === "opaque") return null;
    const key = shapeKey(node, inputs, numberOf);
    const alike = seen.get(key) ?? [];
    seen.set(key, alike);
    const twin = alike.find((other) => attrsKey(other) === attrsKey(node));
    if (twin !== undefined) return twin;
    const kept = withInputs(tensorLevel, node, inputs);
    alike.push(kept);
    return kept;
  });
};

export const eliminateDuplicates = definePass({
  name: "eliminate-duplicates",
  level: "tensor",
  summary: "Computes once what the network computes twice.",
  contract: { kind: "exact" },
  idempotent: true,
  options: {},
  run,
});
