import { item, type Weight } from "../../../../ir/core/index.ts";
import type { TensorNode } from "../../../../ir/tensor/index.ts";
import { flagOf, floatOf, intOf } from "../attributes.ts";
import { perSample } from "../forms.ts";
import { type Importer, refuseForm, type Site, valueAt, vectorOf, weightAt, wrongValue } from "../site.ts";
import { wholeShape } from "../value.ts";

const positive = (site: Site, variance: Weight, epsilon: number): void => {
  const low = variance.stored().findIndex((v) => !(v + epsilon > 0));
  if (low < 0) return;
  const value = item(variance.stored(), low);
  wrongValue(site, variance.name, low, value, `variance + ${epsilon} must be above 0`);
};

const trains = (site: Site): boolean =>
  flagOf(site, "training_mode", false) || (site.opset < 7 && !flagOf(site, "is_test", false));

/** Kept as it is: structured compression reads the statistics before a pass moves them into weights. */
export const batchNormalization: Importer = {
  inputs: [5, 5],
  attributes: ["consumed_inputs", "epsilon", "is_test", "momentum", "spatial", "training_mode"],
  run: (site) => {
    if (trains(site))
      refuseForm(
        site,
        "it computes the statistics of the batch, as in training",
        "export the model in evaluation mode",
      );
    if (intOf(site, "spatial", 1) !== 1)
      refuseForm(site, "spatial is 0: one statistic an element", "export the model with opset 9 or later");
    const value = valueAt(site, 0);
    const channels = wholeShape(value)[1] ?? 1;
    const [scale, shift] = [weightAt(site, 1), weightAt(site, 2)];
    const [mean, variance] = [weightAt(site, 3), weightAt(site, 4)];
    vectorOf(site, scale, channels, "scale");
    vectorOf(site, shift, channels, "shift");
    vectorOf(site, mean, channels, "mean");
    vectorOf(site, variance, channels, "variance");
    const epsilon = floatOf(site, "epsilon", 1e-5);
    positive(site, variance, epsilon);
    const norm = (x: TensorNode): TensorNode =>
      site.make("batchNorm", [x], { scale, shift, mean, variance, epsilon });
    return perSample(site, value, norm);
  },
};
