import { unreachable } from "../../diagnostics/index.ts";
import { sameShape, showShape, sizeOf, type Weight } from "../core/index.ts";
import type { LinearMap } from "./linear-map.ts";
import { slideShape } from "./window.ts";

const ends = (map: LinearMap): string => `${showShape(map.from)} to ${showShape(map.to)}`;

/** True when all numbers are indices below `size`. */
const within = (w: Weight, size: number): boolean =>
  w.stored().every((n) => Number.isInteger(n) && n >= 0 && n < size);

const demand = (holds: boolean, text: string): readonly string[] => (holds ? [] : [text]);

/** What is wrong with the ends or weights of a map; empty when nothing is. */
export const faultsOf = (map: LinearMap): readonly string[] => {
  switch (map.kind) {
    case "dense":
      return demand(
        sameShape(map.weight.shape, [sizeOf(map.to), sizeOf(map.from)]),
        `dense ${ends(map)} has weights ${showShape(map.weight.shape)}`,
      );
    case "conv": {
      const space = slideShape(map.from.slice(1), map.weight.shape.slice(2), map);
      const channels =
        (map.weight.shape[1] ?? 0) * map.groups === map.from[0] &&
        (map.weight.shape[0] ?? 1) % map.groups === 0;
      return [
        ...demand(
          sameShape(map.to, [map.weight.shape[0] ?? 0, ...space]),
          `conv ${ends(map)} slides to ${showShape(space)}`,
        ),
        ...demand(
          channels,
          `conv ${ends(map)} in ${map.groups} groups has weights ${showShape(map.weight.shape)}`,
        ),
      ];
    }
    case "windows": {
      const slides = [false, true].map((ceil) => slideShape(map.from.slice(1), map.kernel, map, ceil));
      const fits = map.to[0] === map.from[0] && map.kernel.length === map.from.length - 1;
      return demand(
        fits && slides.some((space) => sameShape(map.to.slice(1), space)),
        `windows ${ends(map)}`,
      );
    }
    case "sparse": {
      const fits =
        sameShape(map.row.shape, map.weight.shape) && sameShape(map.column.shape, map.weight.shape);
      const inside = within(map.row, sizeOf(map.to)) && within(map.column, sizeOf(map.from));
      return demand(fits && inside, `sparse ${ends(map)}`);
    }
    case "diagonal": {
      const count = sizeOf(map.weight.shape);
      const fits = count === sizeOf(map.from) || count === (map.from[0] ?? 1) || count === 1;
      return demand(sameShape(map.from, map.to) && fits, `diagonal ${ends(map)} has ${count} weights`);
    }
    case "view": {
      const reach = map.to.reduce(
        (sum, extent, axis) => sum + (extent - 1) * Math.max(0, map.strides[axis] ?? 0),
        map.start,
      );
      const depth = map.to.reduce(
        (sum, extent, axis) => sum + (extent - 1) * Math.min(0, map.strides[axis] ?? 0),
        map.start,
      );
      return demand(
        map.strides.length === map.to.length && depth >= 0 && reach < sizeOf(map.from),
        `view ${ends(map)} reads ${depth}..${reach}`,
      );
    }
    case "adjoint":
      return [
        ...demand(sameShape(map.from, map.of.to) && sameShape(map.to, map.of.from), `adjoint ${ends(map)}`),
        ...faultsOf(map.of),
      ];
    case "chain": {
      const meets = map.maps.every(
        (part, i) => sizeOf(part.from) === sizeOf(i === 0 ? map.from : (map.maps[i - 1]?.to ?? [])),
      );
      const closes = sizeOf(map.to) === sizeOf(map.maps[map.maps.length - 1]?.to ?? map.from);
      return [...demand(meets && closes, `chain ${ends(map)} does not meet`), ...map.maps.flatMap(faultsOf)];
    }
    default:
      return unreachable(map);
  }
};
