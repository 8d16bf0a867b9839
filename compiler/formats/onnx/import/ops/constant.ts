import { floats, sizeOf, weight } from "../../../../ir/core/index.ts";
import { elements, isReadable } from "../../decode/elements.ts";
import { bounded } from "../forms.ts";
import { tensorValue } from "../initializer.ts";
import {
  constantAt,
  type Importer,
  integersAt,
  numbersAt,
  refuseForm,
  type Site,
  spend,
  wrongAttribute,
} from "../site.ts";
import { constant, type Value } from "../value.ts";

const kinds = ["value", "value_float", "value_floats", "value_int", "value_ints"];

const contentOf = (site: Site) => {
  const found = [...site.node.attributes];
  const [only] = found;
  if (only === undefined || found.length > 1)
    return wrongAttribute(site, "value", `a constant has one value, this one has ${found.length}`);
  return only;
};

const numbers = (
  site: Site,
  shape: readonly number[],
  data: readonly number[],
  dtype: "f32" | "i64",
): Value => constant(weight({ name: site.name, shape, dtype, data: Float64Array.from(data) }));

const constantOf: Importer = {
  inputs: [0, 0],
  attributes: [...kinds, "sparse_value", "value_string", "value_strings"],
  run: (site) => {
    const [name, content] = contentOf(site);
    switch (content.kind) {
      case "tensor":
        return tensorValue(content.value, site.name);
      case "float":
        return numbers(site, [], [content.value], "f32");
      case "floats":
        return numbers(site, [content.value.length], content.value, "f32");
      case "int":
        return numbers(site, [], [content.value], "i64");
      case "ints":
        return numbers(site, [content.value.length], content.value, "i64");
      default:
        return refuseForm(site, `it holds a ${name}`, "store the constant as a tensor of numbers");
    }
  },
};

/** One number everywhere; without a value it is 0 in single precision. */
const constantOfShape: Importer = {
  inputs: [1, 1],
  attributes: ["value"],
  run: (site) => {
    const shape = bounded(site, integersAt(site, 0) ?? []);
    const stated = site.node.attributes.get("value");
    if (stated !== undefined && stated.kind !== "tensor")
      return wrongAttribute(site, "value", `it is of kind ${stated.kind}, tensor is needed`);
    const value =
      stated === undefined
        ? constant(floats("zero", [1], Float64Array.of(0), "f32"))
        : tensorValue(stated.value, site.name);
    if (value.kind !== "constant") return value;
    spend(site, "elements", sizeOf(shape));
    const [number = 0] = value.weight.stored();
    const data = (): Float64Array => new Float64Array(sizeOf(shape)).fill(number);
    return constant(weight({ name: site.name, shape, dtype: value.weight.dtype, data }), value.element);
  },
};

/** start, start + delta, .. before limit */
const range: Importer = {
  inputs: [3, 3],
  attributes: [],
  run: (site) => {
    const [start = 0] = numbersAt(site, 0) ?? [];
    const [end = 0] = numbersAt(site, 1) ?? [];
    const [delta = 1] = numbersAt(site, 2) ?? [];
    const { element } = constantAt(site, 0);
    const count = Math.max(0, Math.ceil((end - start) / delta));
    bounded(site, [count]);
    spend(site, "elements", count);
    const data = (): Float64Array => new Float64Array(count).map((_, i) => start + i * delta);
    const dtype = isReadable(element) ? elements[element].dtype : "f64";
    return constant(weight({ name: site.name, shape: [count], dtype, data }), element);
  },
};

/** Operators that make constants, by operator. */
export const constants: Readonly<Record<string, Importer>> = {
  Constant: constantOf,
  ConstantOfShape: constantOfShape,
  Range: range,
};
