import { named, unreachable } from "../diagnostics/index.ts";
import {
  compose,
  conv,
  dense,
  diagonal,
  type IntegerGraph,
  type IntegerNode,
  integers,
  item,
  type LevelFunction,
  type LinearMap,
  makeInteger,
  reshaped,
  type Shape,
  sameShape,
  sizeOf,
  type Weight,
  windows,
} from "../ir/index.ts";
import { drawBiases, drawFunction, drawWeights, type Site } from "./integer-numbers.ts";
import type { IntegerRecipe, IntegerStep } from "./integer-recipe.ts";
import { fitPool, fitSlide } from "./sliding.ts";

/** Larger values are not built: a step that would make one does nothing. */
const largest = 600;

/** A summand of a neuron: a map from a value, with a bias or none. */
interface Term {
  readonly from: IntegerNode;
  readonly map: LinearMap;
  readonly bias: Weight | null;
}

interface Named extends Site {
  readonly name: string;
}

const sumOf = (site: Named, terms: readonly Term[], scale: readonly number[]): IntegerNode => {
  const nodes = terms.map(({ from, map, bias }) =>
    makeInteger("linear", [from], { map, bias, scale }, [named(site.name)]),
  );
  return nodes.length === 1 ? item(nodes, 0) : makeInteger("add", nodes, {}, [named(site.name)]);
};

/** A level is worth 1, so a sum is worth 1 / theta. */
const scaleOf = (fn: LevelFunction): readonly number[] =>
  fn.kind === "uniform" ? Array.from(fn.theta.stored(), (t) => 1 / t) : [1];

const fired = (site: Named, sum: IntegerNode, fn: LevelFunction): IntegerNode =>
  makeInteger("neuron", [sum], { fn, scale: [1] }, [named(`${site.name}_neuron`)]);

const neurons = (site: Named, terms: readonly Term[]): IntegerNode | null => {
  if (terms.some(({ map }) => sizeOf(map.to) > largest)) return null;
  const fn = drawFunction(site, sumOf(site, terms, [1]));
  return fired(site, sumOf(site, terms, scaleOf(fn)), fn);
};

const isSpatial = (node: IntegerNode): boolean => node.type.shape.length === 3;

const flat = (shape: Shape): Shape => [sizeOf(shape)];

/** A dense map from a value of any shape. */
const denseFrom = (shape: Shape, weight: Weight): LinearMap =>
  shape.length === 1 ? dense(weight) : compose(reshaped(shape, flat(shape)), dense(weight));

const convolved = (site: Named, x: IntegerNode, groups: number, out: number): IntegerNode | null => {
  const { kernel, sliding } = fitSlide(site, x.type.shape);
  const weight = drawWeights(site, [out, item(x.type.shape, 0) / groups, ...kernel]);
  return neurons(site, [
    { from: x, map: conv(x.type.shape, weight, { ...sliding, groups }), bias: drawBiases(site, out) },
  ]);
};

/** conv(x) + a x, or + a y when y has the shape of x; the branch is aligned by whole numbers. */
const residual = (site: Named, x: IntegerNode, y: IntegerNode): IntegerNode | null => {
  const { shape } = x.type;
  const channels = item(shape, 0);
  const branch = sameShape(y.type.shape, shape) ? y : x;
  const weight =
    shape.length === 1
      ? drawWeights(site, [channels, channels])
      : drawWeights(site, [channels, channels, 3, 3]);
  const pads: readonly (readonly [number, number])[] = [
    [1, 1],
    [1, 1],
  ];
  const map = shape.length === 1 ? dense(weight) : conv(shape, weight, { pads });
  const align = integers(
    "align",
    [channels],
    Float64Array.from({ length: channels }, (_, c) => 1 + ((site.step.seed + c) % 3)),
  );
  return neurons(site, [
    { from: x, map, bias: drawBiases(site, channels) },
    { from: branch, map: diagonal(shape, align), bias: null },
  ]);
};

const added = (site: Named, x: IntegerNode, y: IntegerNode): IntegerNode => {
  const second = sameShape(x.type.shape, y.type.shape) ? y : x;
  const sum = makeInteger("add", site.step.bias ? [x, second, second] : [x, second], {}, [named(site.name)]);
  const one: LevelFunction = {
    kind: "uniform",
    theta: integers("theta", [1], Float64Array.of(1)),
    low: 0,
    high: item(site.recipe.levels, site.step.levels),
  };
  return fired(site, sum, site.step.table ? drawFunction(site, sum) : one);
};

const joined = (site: Named, x: IntegerNode, y: IntegerNode): IntegerNode | null => {
  const second = sameShape(x.type.shape.slice(1), y.type.shape.slice(1)) ? y : x;
  if (sizeOf(x.type.shape) + sizeOf(second.type.shape) > largest) return null;
  return makeInteger("concat", [x, second], { axis: 0 }, [named(site.name)]);
};

const pooled = (site: Named, x: IntegerNode): IntegerNode | null => {
  const { kernel, sliding, ceil } = fitPool(site, x.type.shape);
  if (site.step.op === "maxPool")
    return makeInteger("maxPool", [x], { kernel, ...sliding, ceil }, [named(site.name)]);
  return neurons(site, [
    {
      from: x,
      map: windows(x.type.shape, kernel, sliding, ceil),
      bias: drawBiases(site, item(x.type.shape, 0)),
    },
  ]);
};

const connected = (site: Named, x: IntegerNode): IntegerNode | null => {
  const out = site.step.channels;
  const map = denseFrom(x.type.shape, drawWeights(site, [out, sizeOf(x.type.shape)]));
  return neurons(site, [{ from: x, map, bias: drawBiases(site, out) }]);
};

/** The values that a step may read, newest first. */
const pickValue = (values: readonly IntegerNode[], back: number): IntegerNode =>
  item(values, back % values.length);

/** The node of a step, or null when it does not apply. */
const built = (site: Named, values: readonly IntegerNode[]): IntegerNode | null => {
  const { step } = site;
  const maps = values.filter(isSpatial);
  const x = pickValue(values, step.from);
  const y = pickValue(values, step.other);
  const map = maps.length === 0 ? null : pickValue(maps, step.from);
  switch (step.op) {
    case "dense":
      return connected(site, x);
    case "residual":
      return residual(site, x, y);
    case "add":
      return added(site, x, y);
    case "concat":
      return joined(site, x, y);
    case "conv":
      return map === null ? null : convolved(site, map, 1, step.channels);
    case "depthwise": {
      if (map === null) return null;
      const channels = item(map.type.shape, 0);
      return convolved(site, map, channels, channels * (1 + (step.other % 2)));
    }
    case "averagePool":
    case "maxPool":
      return map === null ? null : pooled(site, map);
    default:
      return unreachable(step.op);
  }
};

const input = ({ input: { shape, high, signed }, mode }: IntegerRecipe): IntegerGraph["inputs"][number] => {
  const place: Shape = mode === "shape" && high % 2 === 1 ? [item(shape, 0), 1, 1] : shape;
  return makeInteger(
    "input",
    [],
    { name: "input", shape: place, scale: [1], low: signed ? -high - 1 : 0, high },
    [named("input")],
  );
};

/** The sum of dense maps of all values that nothing reads. */
const output = (recipe: IntegerRecipe, unread: readonly IntegerNode[]): IntegerNode => {
  const step: IntegerStep = { ...item(recipe.steps, 0), magnitude: 100, bias: true };
  const site: Named = { recipe, step, name: "logits" };
  const terms = unread.map((from, i): Term => {
    const own: Site = { recipe, step: { ...step, seed: step.seed + i } };
    const map = denseFrom(from.type.shape, drawWeights(own, [recipe.classes, sizeOf(from.type.shape)]));
    return { from, map, bias: i === 0 ? drawBiases(own, recipe.classes) : null };
  });
  return sumOf(site, terms, [1]);
};

/** Builds a recipe forwards; steps that do not apply to the values at hand do nothing. */
export const buildInteger = (recipe: IntegerRecipe): IntegerGraph => {
  const start = input(recipe);
  let values: readonly IntegerNode[] = [start];
  const read = new Set<IntegerNode>();
  recipe.steps.forEach((step, i) => {
    const made = built({ recipe, step, name: `${step.op}_${i + 1}` }, values);
    if (made === null) return;
    for (const value of values) if (reads(made, value)) read.add(value);
    values = [made, ...values];
  });
  const unread = values.filter((value) => !read.has(value));
  return { name: "generated", inputs: [start], outputs: [{ name: "logits", value: output(recipe, unread) }] };
};

/** A step is at most three nodes deep: neuron, add, linear. */
const reads = (made: IntegerNode, value: IntegerNode, depth = 3): boolean =>
  made.inputs.some((x) => x === value || (depth > 1 && reads(x, value, depth - 1)));
