import { type Importer, optionalAt, refuseForm, settingAt, valueAt } from "../site.ts";

export const identity: Importer = { inputs: [1, 1], attributes: [], run: (site) => valueAt(site, 0) };

/** Does nothing in inference; its third input (opset 12) would ask for training. */
export const dropout: Importer = {
  inputs: [1, 3],
  attributes: ["ratio", "seed"],
  run: (site) => {
    if (
      optionalAt(site, 2) !== null &&
      settingAt(site, 2)
        .stored()
        .some((x) => x !== 0)
    )
      return refuseForm(site, "its training input is 1", "export the model in evaluation mode");
    return valueAt(site, 0);
  },
};
