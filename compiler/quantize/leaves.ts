import { item, last, type Numbers, type Random, randomFrom, type Shape, sizeOf } from "../ir/core/index.ts";
import type { TensorGraph } from "../ir/tensor/index.ts";
import type { DataSet } from "../pass/index.ts";

/** Channels, rows and columns that the elements of a value are taken for. */
export type Frame = readonly [channels: number, height: number, width: number];

/** [C, H, W] and [H, W] as they are; a vector as a square image of 1 or 3 channels where it is one, else as one row. */
export const frameOf = (shape: Shape): Frame => {
  if (shape.length >= 2) {
    const [height, width] = [item(shape, shape.length - 2), last(shape)];
    return [sizeOf(shape) / (height * width), height, width];
  }
  const size = sizeOf(shape);
  for (const channels of [1, 3]) {
    const side = Math.round(Math.sqrt(size / channels));
    if (side * side * channels === size) return [channels, side, side];
  }
  return [1, 1, size];
};

/** A direction without sines, so that every machine draws the same: a point of the unit disc, scaled to the circle. */
const direction = (random: Random): readonly [number, number] => {
  for (;;) {
    const [x, y] = [2 * random.unit() - 1, 2 * random.unit() - 1];
    const length = Math.sqrt(x * x + y * y);
    if (length <= 1 && length > 0.1) return [x / length, y / length];
  }
};

/** Paints one ellipse or rectangle; radii 2 + 10 u pixels on a side of 28. */
const paintLeaf = (image: Float64Array, [channels, height, width]: Frame, random: Random): void => {
  const [cy, cx] = [random.unit() * height, random.unit() * width];
  const unit = Math.max(height, width) / 28;
  const [a, b] = [(2 + 10 * random.unit()) * unit, (2 + 10 * random.unit()) * unit];
  const [cos, sin] = direction(random);
  const ellipse = random.unit() < 0.5;
  const grey = random.unit() < 0.7 ? random.unit() : 0;
  const colours = Array.from({ length: channels }, () =>
    channels === 1 || grey === 0 ? grey : grey + 0.2 * (random.unit() - 0.5),
  );
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dy, dx] = [y + 0.5 - cy, x + 0.5 - cx];
      const [u, v] = [(cos * dx + sin * dy) / a, (cos * dy - sin * dx) / b];
      const inside = ellipse ? u * u + v * v <= 1 : Math.abs(u) <= 1 && Math.abs(v) <= 1;
      if (!inside) continue;
      colours.forEach((colour, c) => {
        image[(c * height + y) * width + x] = colour;
      });
    }
  }
};

/** Adds noise of unit variance whose amplitude falls as 1 / frequency: one lattice of random values per octave, all alike strong. */
const cloud = (height: number, width: number, random: Random): Float64Array => {
  const noise = new Float64Array(height * width);
  const octaves: number[] = [];
  for (let cell = 1; cell < Math.max(height, width); cell *= 2) octaves.push(cell);
  for (const cell of octaves) {
    const columns = Math.ceil(width / cell) + 1;
    const lattice = Float64Array.from(
      { length: columns * (Math.ceil(height / cell) + 1) },
      () => random.unit() - 0.5,
    );
    const at = (row: number, column: number): number => lattice[row * columns + column] ?? 0;
    for (let i = 0; i < noise.length; i++) {
      const [y, x] = [Math.floor(i / width) / cell, (i % width) / cell];
      const [r, c] = [Math.floor(y), Math.floor(x)];
      const [v, u] = [y - r, x - c];
      const value =
        (1 - v) * ((1 - u) * at(r, c) + u * at(r, c + 1)) +
        v * ((1 - u) * at(r + 1, c) + u * at(r + 1, c + 1));
      noise[i] = (noise[i] ?? 0) + value;
    }
  }
  const mean = noise.reduce((sum, n) => sum + n, 0) / noise.length;
  const variance = noise.reduce((sum, n) => sum + (n - mean) * (n - mean), 0) / noise.length;
  return noise.map((n) => (n - mean) / Math.sqrt(variance || 1));
};

/** One image in [0, 1]: six leaves on black, painted over each other, with a little 1/f noise where it is not black. */
export const deadLeaves = (frame: Frame, random: Random): Float64Array => {
  const [channels, height, width] = frame;
  const image = new Float64Array(channels * height * width);
  for (let leaf = 0; leaf < 6; leaf++) paintLeaf(image, frame, random);
  const noise = cloud(height, width, random);
  return image.map((x, i) =>
    x > 0 ? Math.min(1, Math.max(0, x + 0.08 * (noise[i % noise.length] ?? 0))) : 0,
  );
};

/** Synthetic calibration images for every input of a graph, brightest value `top`. Sample i depends on seed and i only. */
export const leavesFor = (graph: TensorGraph, size: number, seed: number, top: number): DataSet => ({
  hash: `dead-leaves-${seed}-${size}-${top}`,
  size,
  sample: (index) => {
    const random = randomFrom(Math.imul(seed + 1, 0x2545f491) ^ Math.imul(index + 1, 0x3c6ef372));
    const inputs = graph.inputs.map(({ attrs: { name, shape } }): readonly [string, Numbers] => {
      const image = deadLeaves(frameOf(shape), random);
      return [name, { shape, data: image.map((x) => x * top) }];
    });
    return { inputs: new Map(inputs), label: null };
  },
});
