import { sizeOf, weight } from "../../../../ir/core/index.ts";
import { flagOf, floatOf } from "../attributes.ts";
import { type Importer, numbersAt, refuseForm, type Site, valueAt } from "../site.ts";
import { constant, type Value, wholeShape } from "../value.ts";

export const identity: Importer = { inputs: [1, 1], attributes: [], run: (site) => valueAt(site, 0) };

/** Before opset 7 a flag says so; opset 12 has an input, and a ratio of 0 keeps everything. */
const trains = (site: Site): boolean => {
  const ratio = numbersAt(site, 1)?.[0] ?? 0.5;
  if (site.opset < 7) return !flagOf(site, "is_test", false) && floatOf(site, "ratio", 0.5) > 0;
  return (numbersAt(site, 2) ?? []).some((x) => x !== 0) && ratio > 0;
};

const everywhere = (value: Value): Value => {
  const shape = wholeShape(value);
  const data = (): Float64Array => new Float64Array(sizeOf(shape)).fill(1);
  return constant(weight({ name: "mask", shape, dtype: "bool", data }));
};

/** Does nothing in inference, and its mask keeps everything. */
export const dropout: Importer = {
  inputs: [1, 3],
  attributes: ["consumed_inputs", "is_test", "ratio", "seed"],
  run: (site) => {
    if (trains(site))
      return refuseForm(
        site,
        "it drops values at random, as in training",
        "export the model in evaluation mode",
      );
    return [valueAt(site, 0), everywhere(valueAt(site, 0))];
  },
};
