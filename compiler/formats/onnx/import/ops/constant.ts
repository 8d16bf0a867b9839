import { floats, integers } from "../../../../ir/core/index.ts";
import { initializerWeight } from "../initializer.ts";
import { type Importer, refuseForm, type Site, wrongAttribute } from "../site.ts";
import { constant } from "../value.ts";

const kinds = ["value", "value_float", "value_floats", "value_int", "value_ints"];

const contentOf = (site: Site) => {
  const found = [...site.node.attributes];
  const [only] = found;
  if (only === undefined || found.length > 1)
    return wrongAttribute(site, "value", `a constant has one value, this one has ${found.length}`);
  return only;
};

export const constantOf: Importer = {
  inputs: [0, 0],
  attributes: [...kinds, "sparse_value", "value_string", "value_strings"],
  run: (site) => {
    const [name, content] = contentOf(site);
    switch (content.kind) {
      case "tensor":
        return constant(initializerWeight(content.value, site.name));
      case "float":
        return constant(floats(site.name, [], Float64Array.of(content.value), "f32"));
      case "floats":
        return constant(floats(site.name, [content.value.length], Float64Array.from(content.value), "f32"));
      case "int":
        return constant(integers(site.name, [], Float64Array.of(content.value)));
      case "ints":
        return constant(integers(site.name, [content.value.length], Float64Array.from(content.value)));
      default:
        return refuseForm(site, `it holds a ${name}`, "store the constant as a tensor of numbers");
    }
  },
};
