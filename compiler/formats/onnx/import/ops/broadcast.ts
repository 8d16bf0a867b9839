import { item, type Shape, sameShape, showShape, sizeOf, type Weight } from "../../../../ir/core/index.ts";
import { type Site, wrongShape } from "../site.ts";
import { expandedWeight, reshapedWeight } from "../weights.ts";

/** A constant that ONNX broadcasts to a value of `shape`: as one entry, one per channel, or one per element. */
export const broadcastTo = (site: Site, w: Weight, shape: Shape): Weight => {
  // The leading axis of a constant of full rank is the batch.
  const own = w.shape.length === shape.length + 1 && w.shape[0] === 1 ? w.shape.slice(1) : w.shape;
  const grows = `a constant of ${showShape(w.shape)} does not broadcast to ${showShape([1, ...shape])}`;
  if (own.length > shape.length) return wrongShape(site, grows);
  const aligned = [...Array.from({ length: shape.length - own.length }, () => 1), ...own];
  if (aligned.some((extent, axis) => extent !== 1 && extent !== shape[axis])) return wrongShape(site, grows);
  if (sizeOf(aligned) === 1) return flat(site, w, [1]);
  if (aligned.every((extent, axis) => axis === 0 || extent === 1)) return flat(site, w, [item(aligned, 0)]);
  if (sameShape(aligned, shape)) return flat(site, w, shape);
  return site.derive(w, `expand ${shape.join("x")}`, (from) =>
    expandedWeight(reshapedWeight(from, aligned), shape),
  );
};

const flat = (site: Site, w: Weight, shape: Shape): Weight =>
  sameShape(w.shape, shape)
    ? w
    : site.derive(w, `reshape ${shape.join("x")}`, (from) => reshapedWeight(from, shape));
