import { quoteName } from "../../../../diagnostics/index.ts";
import { intOf, textOf } from "../attributes.ts";
import { reshaped } from "../forms.ts";
import { type Importer, type Site, valueAt, wrongAttribute, wrongShape } from "../site.ts";
import { type Value, wholeShape } from "../value.ts";
import { transposed } from "./transpose.ts";

const spaceOf = (site: Site, value: Value): readonly [number, number, number, number] => {
  const [n, c, h, w, ...more] = wholeShape(value);
  if (n === undefined || c === undefined || h === undefined || w === undefined || more.length > 0)
    return wrongShape(site, "an input of rank 4 is needed");
  return [n, c, h, w];
};

const blockOf = (site: Site, divides: (block: number) => boolean): number => {
  const block = intOf(site, "blocksize", 0);
  if (block >= 1 && divides(block)) return block;
  return wrongAttribute(site, "blocksize", `it is ${block}, which does not divide the input`);
};

/** Channels to blocks of b x b places: by depth first (DCR) or by column and row first (CRD). */
const depthToSpace: Importer = {
  inputs: [1, 1],
  attributes: ["blocksize", "mode"],
  run: (site) => {
    const value = valueAt(site, 0);
    const [n, c, h, w] = spaceOf(site, value);
    const b = blockOf(site, (block) => c % (block * block) === 0);
    const mode = textOf(site, "mode", "DCR");
    if (mode !== "DCR" && mode !== "CRD") return wrongAttribute(site, "mode", `it is "${quoteName(mode)}"`);
    const depth = c / (b * b);
    const split = mode === "DCR" ? [n, b, b, depth, h, w] : [n, depth, b, b, h, w];
    const order = mode === "DCR" ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
    const moved = transposed(site, reshaped(site, value, split), order);
    return reshaped(site, moved, [n, depth, h * b, w * b]);
  },
};

const spaceToDepth: Importer = {
  inputs: [1, 1],
  attributes: ["blocksize", "mode"],
  run: (site) => {
    const value = valueAt(site, 0);
    const [n, c, h, w] = spaceOf(site, value);
    const b = blockOf(site, (block) => h % block === 0 && w % block === 0);
    const mode = textOf(site, "mode", "DCR");
    const split = reshaped(site, value, [n, c, h / b, b, w / b, b]);
    const moved = transposed(site, split, mode === "CRD" ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]);
    return reshaped(site, moved, [n, c * b * b, h / b, w / b]);
  },
};

/** Moves between channels and places, by operator. */
export const spaces: Readonly<Record<string, Importer>> = {
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
