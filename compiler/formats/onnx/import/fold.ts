import { runTensor } from "../../../../runtime/tensor/index.ts";
import { reachable, sizeOf, weight } from "../../../ir/core/index.ts";
import type { TensorNode } from "../../../ir/tensor/index.ts";
import { elements, isReadable } from "../decode/elements.ts";
import { whole } from "./forms.ts";
import { type Site, tooLarge } from "./site.ts";
import { constant, type Value } from "./value.ts";

/** Multiplications that the folding of one node may take. */
const work = 2 ** 30;

const workOf = (node: TensorNode): number => {
  const size = sizeOf(node.type.shape);
  switch (node.op) {
    case "dense":
      return size * (node.attrs.weight.shape[1] ?? 1);
    case "conv":
    case "convTranspose":
      return (size * sizeOf(node.attrs.weight.shape)) / Math.max(1, node.type.shape[0] ?? 1);
    case "matmul":
      return size * (node.inputs[0].type.shape.at(-1) ?? 1);
    case "recurrent": {
      const { input, hidden } = node.attrs;
      return (node.inputs[0].type.shape[0] ?? 1) * (sizeOf(input.shape) + sizeOf(hidden.shape));
    }
    default:
      return size;
  }
};

/** Values whose rule saw constants only, as constants: the interpreter computes them. */
export const folded = (site: Site, values: readonly Value[]): readonly Value[] => {
  const nodes = values.map((value) => whole(site, value));
  const cost = reachable(nodes).reduce((sum, node) => sum + workOf(node), 0);
  if (cost > work) return tooLarge(site, "operations on constants in one node", cost, work);
  const outputs = nodes.map((value, i) => ({ name: `${i}`, value }));
  const run = runTensor({ name: site.name, inputs: [], outputs }, new Map());
  return values.map((value, i) => {
    if (value.kind === "constant") return value;
    const numbers = run.outputs.get(`${i}`);
    if (numbers === undefined) throw new Error(`output ${i} of ${site.name} was not computed`);
    const { element } = value;
    const dtype = isReadable(element) ? elements[element].dtype : "f64";
    const data = dtype === "f32" ? numbers.data.map(Math.fround) : numbers.data;
    return constant(weight({ name: site.name, shape: numbers.shape, dtype, data }), element);
  });
};
