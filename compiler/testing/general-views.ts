import { item } from "../ir/index.ts";
import { axisOf, constantOf, type GeneralStep, indices, oneOf, wholeWeight } from "./general-site.ts";

export const sliceStep: GeneralStep = ({ make, pick }, x) => {
  const { shape } = x.type;
  const starts = shape.map((extent) => pick(extent));
  const steps = shape.map(() => 1 + pick(2));
  const sizes = shape.map(
    (extent, axis) => 1 + pick(Math.floor((extent - 1 - item(starts, axis)) / item(steps, axis)) + 1),
  );
  return make("slice", [x], { starts, sizes, steps });
};

export const expandStep: GeneralStep = ({ make, pick }, x) => {
  const shape = x.type.shape.map((extent) => (extent === 1 ? 1 + pick(3) : extent));
  return make("expand", [x], { shape: pick(3) === 0 ? [1 + pick(2), ...shape] : shape });
};

export const padStep: GeneralStep = (site, x) => {
  const { make, pick } = site;
  const mode = oneOf(site, ["constant", "edge", "reflect", "wrap"] as const);
  const pads = x.type.shape.map((extent): readonly [number, number] => {
    const cut = extent > 1 && pick(3) === 0;
    const most = mode === "reflect" ? Math.min(2, extent - (cut ? 2 : 1)) : 2;
    return [pick(most + 1), cut ? -1 : pick(most + 1)];
  });
  return make("pad", [x], { pads, mode, value: oneOf(site, [0, 0.5, -1]) });
};

export const resampleStep: GeneralStep = (site, x) => {
  const axis = axisOf(site, x);
  const shape = [1 + site.pick(4), 1 + site.pick(2)];
  const index = wholeWeight(site, "index", shape, item(x.type.shape, axis), -1);
  return site.make("resample", [x], { axis, index, taps: site.weight("taps", shape) });
};

export const gatherStep: GeneralStep = (site, x) => {
  const { make, pick } = site;
  const { shape } = x.type;
  const axis = axisOf(site, x);
  const mode = oneOf(site, ["take", "elements", "nd"] as const);
  if (mode === "nd") {
    const batch = pick(shape.length);
    const at = [...shape.slice(0, batch), 1 + pick(3), 1];
    return make("gather", [x, indices(site, at, item(shape, batch))], { mode, axis: batch });
  }
  const at = mode === "elements" ? shape.map((extent) => 1 + pick(extent)) : [1 + pick(3)];
  return make("gather", [x, indices(site, at, item(shape, axis))], { mode, axis });
};

export const scatterStep: GeneralStep = (site, x) => {
  const { make, pick } = site;
  const { shape } = x.type;
  const axis = axisOf(site, x);
  const mode = oneOf(site, ["elements", "nd"] as const);
  const combine = oneOf(site, ["replace", "add", "multiply", "min", "max"] as const);
  const rows = 1 + pick(3);
  const at = mode === "elements" ? shape.map((extent) => 1 + pick(extent)) : [rows, 1];
  const updates = mode === "elements" ? at : [rows, ...shape.slice(1)];
  const index = indices(site, at, item(shape, mode === "elements" ? axis : 0));
  return make("scatter", [x, index, constantOf(site, updates, [-1, 0.5, 2])], { axis, mode, combine });
};
