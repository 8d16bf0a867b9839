import { floats, item, type LinearMap, type MapOf, sizeOf, valuesOf } from "../ir/index.ts";

/**
 * A sum over windows and the convolution behind it, as one convolution. Null where padding of the second would let its
 * taps reach values that the first left out.
 */
const joined = (first: MapOf<"windows">, second: MapOf<"conv">): LinearMap | null => {
  const [out = 1, perGroup = 1, ...kernel] = second.weight.shape;
  const strides = kernel.map((_, a) => first.strides[a] ?? 1);
  const fits = kernel.every((_, a) => {
    const [before, after] = second.pads[a] ?? [0, 0];
    const [own, behind] = first.pads[a] ?? [0, 0];
    if ((first.dilations[a] ?? 1) !== 1 || own !== 0 || behind !== 0) return false;
    const apart = item(first.kernel, a) <= item(strides, a);
    const whole = item(first.to, a + 1) * item(strides, a) >= item(first.from, a + 1);
    return (before === 0 && after === 0) || (apart && whole);
  });
  if (!fits) return null;
  const dilations = kernel.map((_, a) => (second.dilations[a] ?? 1) * item(strides, a));
  const wide = kernel.map((k, a) => (k - 1) * item(dilations, a) + item(first.kernel, a));
  const given = valuesOf(second.weight);
  const taps = sizeOf(kernel);
  const places = sizeOf(wide);
  const data = new Float64Array(out * perGroup * places);
  const at = (tap: number, window: number): number => {
    let [place, scale, t, w] = [0, 1, tap, window];
    for (let a = kernel.length - 1; a >= 0; a--) {
      const step = (t % item(kernel, a)) * item(dilations, a) + (w % item(first.kernel, a));
      t = Math.floor(t / item(kernel, a));
      w = Math.floor(w / item(first.kernel, a));
      place += step * scale;
      scale *= item(wide, a);
    }
    return place;
  };
  const window = sizeOf(first.kernel);
  for (let tap = 0; tap < taps; tap++)
    for (let w = 0; w < window; w++) {
      const place = at(tap, w);
      for (let c = 0; c < out * perGroup; c++)
        data[c * places + place] = (data[c * places + place] ?? 0) + (given[c * taps + tap] ?? 0);
    }
  return {
    kind: "conv",
    from: first.from,
    to: second.to,
    weight: floats(second.weight.name, [out, perGroup, ...wide], data),
    groups: second.groups,
    strides: kernel.map((_, a) => (second.strides[a] ?? 1) * item(strides, a)),
    dilations: [],
    pads: kernel.map((_, a) => {
      const [before, after] = second.pads[a] ?? [0, 0];
      return [before * item(strides, a), after * item(strides, a)] as const;
    }),
  };
};

const cache = new WeakMap<LinearMap, LinearMap>();

/** The same map with sums over windows taken into the convolutions behind them, so that it need not be written out. */
export const shortened = (map: LinearMap): LinearMap => {
  const known = cache.get(map);
  if (known !== undefined) return known;
  const found = map.kind === "chain" ? shorter(map) : map;
  cache.set(map, found);
  return found;
};

const shorter = (map: MapOf<"chain">): LinearMap => {
  const maps: LinearMap[] = [];
  for (const next of map.maps) {
    const before = maps[maps.length - 1];
    const both = before?.kind === "windows" && next.kind === "conv" ? joined(before, next) : null;
    if (both === null) maps.push(next);
    else maps[maps.length - 1] = both;
  }
  const [only] = maps;
  return only !== undefined && maps.length === 1 ? only : { ...map, maps };
};
