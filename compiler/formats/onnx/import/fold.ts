import { runTensor } from "../../../../runtime/tensor/index.ts";
import { reachable, sizeOf, weight } from "../../../ir/core/index.ts";
import { productsOf, type TensorNode } from "../../../ir/tensor/index.ts";
import { elements, isReadable } from "../decode/elements.ts";
import { whole } from "./forms.ts";
import { type Site, spend } from "./site.ts";
import { type Computed, type Constant, constant, type Value } from "./value.ts";

/** Multiplications, or steps that cost as much. */
const workOf = (node: TensorNode): number => Math.max(productsOf(node), sizeOf(node.type.shape));

/** The numbers of a value that depends on constants only. */
const computedConstant = (site: Site, value: Computed): Constant => {
  const node = whole(site, value);
  const steps = reachable([node]);
  spend(
    site,
    "elements",
    steps.reduce((sum, step) => sum + sizeOf(step.type.shape), 0),
  );
  spend(
    site,
    "work",
    steps.reduce((sum, step) => sum + workOf(step), 0),
  );
  const outputs = [{ name: site.name, value: node }];
  const { shape, data } = runTensor({ name: site.name, inputs: [], outputs }, new Map()).at(node);
  const { element } = value;
  const dtype = isReadable(element) ? elements[element].dtype : "f64";
  const numbers = dtype === "f32" ? data.map(Math.fround) : data;
  return constant(weight({ name: site.name, shape, dtype, data: numbers }), element);
};

/** Values whose rule saw constants only, as constants: the interpreter computes those that are none yet. */
export const folded = (site: Site, values: readonly Value[]): readonly Value[] =>
  values.map((value) => (value.kind === "constant" ? value : computedConstant(site, value)));
