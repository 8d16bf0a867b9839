import { flagOf, floatOf, intOf } from "../attributes.ts";
import { computedAt, type Importer, refuseForm, vectorOf, weightAt, wrongValue } from "../site.ts";
import { computed } from "../value.ts";

/** Kept as it is: structured compression reads the statistics before a pass moves them into weights. */
export const batchNormalization: Importer = {
  inputs: [5, 5],
  attributes: ["epsilon", "momentum", "spatial", "training_mode"],
  run: (site) => {
    const x = computedAt(site, 0);
    if (flagOf(site, "training_mode", false))
      refuseForm(site, "training_mode is 1", "export the model in evaluation mode");
    if (intOf(site, "spatial", 1) !== 1)
      refuseForm(site, "spatial is 0: one statistic an element", "export the model with opset 9 or later");
    const channels = x.type.shape[0] ?? 1;
    const [scale, shift] = [weightAt(site, 1), weightAt(site, 2)];
    const [mean, variance] = [weightAt(site, 3), weightAt(site, 4)];
    vectorOf(site, scale, channels, "scale");
    vectorOf(site, shift, channels, "shift");
    vectorOf(site, mean, channels, "mean");
    vectorOf(site, variance, channels, "variance");
    const epsilon = floatOf(site, "epsilon", 1e-5);
    const low = variance.stored().findIndex((v) => !(v + epsilon > 0));
    if (low >= 0)
      wrongValue(
        site,
        variance.name,
        low,
        variance.stored()[low] ?? 0,
        `variance + ${epsilon} must be above 0`,
      );
    return computed(site.make("batchNorm", [x], { scale, shift, mean, variance, epsilon }));
  },
};
