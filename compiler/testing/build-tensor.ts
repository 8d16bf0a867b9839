import { bitsNeeded } from "../check/exact-bits.ts";
import { randomFrom } from "../check/random.ts";
import { named, type Origin, unreachable } from "../diagnostics/index.ts";
import {
  item,
  type Make,
  maker,
  type Output,
  type Scalar,
  sameShape,
  sizeOf,
  type Tensor,
  type TensorGraph,
  type TensorNode,
  tensorLevel,
} from "../ir/index.ts";
import { type GeneralStepName, generalStepTable, isGeneralStep } from "./general-steps.ts";
import { fitPool, fitSlide } from "./sliding.ts";
import { drawKernel, drawNorm, drawVector, drawWeight, type TensorSite } from "./tensor-numbers.ts";
import type { TensorRecipe, TensorStep } from "./tensor-recipe.ts";

/** Larger values are not built: a step that would make one does nothing. */
const largest = 400;

/** Of the 53 bits of a double; the rest is for the dense layers behind the last step and for what passes multiply out. */
const mostBits = 40;

const isSpatial = (node: TensorNode): boolean => node.type.shape.length === 3;

const makeAt = (site: TensorSite): Make<Tensor> => maker(tensorLevel, [named(site.name)]);

const bias = (site: TensorSite, channels: number) =>
  site.step.bias ? drawVector(site, "bias", channels) : null;

const convolved = (site: TensorSite, x: TensorNode, groups: number, out: number): TensorNode => {
  const { kernel, sliding } = fitSlide(site, x.type.shape);
  const weight = drawKernel(site, [out, item(x.type.shape, 0) / groups, ...kernel]);
  return makeAt(site)("conv", [x], { weight, bias: bias(site, out), ...sliding, groups });
};

/** Windows of 1, 2 or 4 places inside the map, so that means stay dyadic. */
const averaged = (site: TensorSite, x: TensorNode): TensorNode => {
  const kernel = site.step.kernel.map((k, axis) => Math.min(k, 2, item(x.type.shape, axis + 1)));
  return makeAt(site)("averagePool", [x], { kernel, strides: site.step.strides });
};

const pooled = (site: TensorSite, x: TensorNode): TensorNode => {
  const { kernel, sliding, ceil } = fitPool(site, x.type.shape);
  return makeAt(site)("maxPool", [x], { kernel, ...sliding, ceil });
};

const reshaped = (site: TensorSite, x: TensorNode): TensorNode => {
  const { shape } = x.type;
  const spatial = site.step.bias ? [1, ...shape] : [shape.length === 1 ? 1 : sizeOf(shape), 1, 1];
  return makeAt(site)("reshape", [x], {
    shape: shape.length === 3 ? [sizeOf(shape)] : shape.length === 1 ? [item(shape, 0), 1, 1] : spatial,
  });
};

const activated = (site: TensorSite, x: TensorNode, fn: Scalar): TensorNode =>
  makeAt(site)("unary", [x], { fn });

const connected = (site: TensorSite, x: TensorNode): TensorNode => {
  const { shape } = x.type;
  const flat = shape.length === 1 ? x : makeAt(site)("reshape", [x], { shape: [sizeOf(shape)] });
  const out = site.step.channels;
  return makeAt(site)("dense", [flat], {
    weight: drawKernel(site, [out, sizeOf(shape)]),
    bias: bias(site, out),
  });
};

const added = (site: TensorSite, x: TensorNode, y: TensorNode): TensorNode =>
  makeAt(site)("add", [x, sameShape(x.type.shape, y.type.shape) ? y : x], {});

const joined = (site: TensorSite, x: TensorNode, y: TensorNode): TensorNode =>
  makeAt(site)("concat", [x, sameShape(x.type.shape.slice(1), y.type.shape.slice(1)) ? y : x], { axis: 0 });

const depthwise = (site: TensorSite, x: TensorNode): TensorNode => {
  const channels = item(x.type.shape, 0);
  return convolved(site, x, channels, channels * (1 + (site.step.other % 2)));
};

const pick = (values: readonly TensorNode[], back: number): TensorNode => item(values, back % values.length);

/** Ops over maps; null when there is no map. */
const overMaps = (site: TensorSite, x: TensorNode | null): TensorNode | null => {
  const { op, channels } = site.step;
  if (x === null) return null;
  if (op === "conv") return convolved(site, x, 1, channels);
  if (op === "depthwise") return depthwise(site, x);
  return op === "maxPool" ? pooled(site, x) : averaged(site, x);
};

const general = (site: TensorSite, op: GeneralStepName, x: TensorNode, y: TensorNode): TensorNode => {
  const { between } = randomFrom(site.step.seed + 9);
  const pick = (bound: number): number => between(0, bound - 1);
  return generalStepTable[op](
    { make: makeAt(site), pick, weight: (role, shape) => drawWeight(site, role, shape) },
    x,
    y,
  );
};

/** The node of a step, or null when it does not apply. */
const built = (site: TensorSite, values: readonly TensorNode[]): TensorNode | null => {
  const { step } = site;
  const maps = values.filter(isSpatial);
  const x = pick(values, step.from);
  const y = pick(values, step.other);
  const channels = x.type.shape[0] ?? 1;
  if (isGeneralStep(step.op)) return general(site, step.op, x, y);
  switch (step.op) {
    case "dense":
      return connected(site, x);
    case "relu":
      return activated(site, x, { kind: "relu" });
    case "clip":
      return activated(site, x, { kind: "clip", low: step.bias ? -1 : 0, high: 2 });
    case "batchNorm":
      return makeAt(site)("batchNorm", [x], drawNorm(site, channels));
    case "affine":
      return makeAt(site)("affine", [x], {
        scale: drawVector(site, "scale", step.other % 2 === 0 ? 1 : channels),
        shift: bias(site, channels),
      });
    case "add":
      return added(site, x, y);
    case "concat":
      return joined(site, x, y);
    case "reshape":
      return reshaped(site, x);
    case "transpose":
      return makeAt(site)("transpose", [x], {
        order: x.type.shape.map((_, axis, all) => (axis + step.other) % all.length),
      });
    case "opaque":
      return makeAt(site)("opaque", [x, y], { kind: "Mystery", dtype: "f32", shape: x.type.shape });
    case "conv":
    case "depthwise":
    case "maxPool":
    case "averagePool":
      return overMaps(site, maps.length === 0 ? null : pick(maps, step.from));
    default:
      return unreachable(step.op);
  }
};

const isSmall = (node: TensorNode): boolean => sizeOf(node.type.shape) <= largest;

const isExact = (node: TensorNode): boolean => bitsNeeded(node) <= mostBits;

/** Values that are not dyadic are outputs and nothing else, of few networks: those are compared up to rounding. */
const isTapped = (step: TensorStep, node: TensorNode): boolean =>
  isGeneralStep(step.op) && bitsNeeded(node) === Infinity && step.seed % 4 === 0;

/** Dense maps of all values that nothing reads, added. */
const logits = (recipe: TensorRecipe, unread: readonly TensorNode[]): TensorNode => {
  const step: TensorStep = { ...item(recipe.steps, 0), channels: recipe.classes };
  const terms = unread.map((x, i) =>
    connected({ recipe, step: { ...step, seed: step.seed + i }, name: `logits_${i + 1}` }, x),
  );
  const origins: readonly Origin[] = [named("logits")];
  return terms.length === 1 ? item(terms, 0) : maker(tensorLevel, origins)("add", terms, {});
};

/** The values that a step read, through the nodes that it made on its way. */
const readBy = (made: TensorNode, values: readonly TensorNode[]): readonly TensorNode[] =>
  made.inputs.flatMap((x) => (values.includes(x) ? [x] : readBy(x, values)));

/** Builds a recipe forwards; steps that do not apply to the values at hand do nothing. */
export const buildTensor = (recipe: TensorRecipe): TensorGraph => {
  const start = maker(tensorLevel)("input", [], { name: "input", shape: recipe.shape }, [named("input")]);
  let values: readonly TensorNode[] = [start];
  const read = new Set<TensorNode>();
  const taps: Output<Tensor>[] = [];
  recipe.steps.forEach((step, i) => {
    const name = `${step.op}_${i + 1}`;
    const made = built({ recipe, step, name }, values);
    if (made === null || !isSmall(made)) return;
    if (!isExact(made)) {
      if (isTapped(step, made)) taps.push({ name, value: made });
      return;
    }
    for (const value of readBy(made, values)) read.add(value);
    values = [made, ...values];
  });
  const value = logits(
    recipe,
    values.filter((v) => !read.has(v)),
  );
  const newest = recipe.classes % 3 === 2 ? [{ name: "newest", value: item(values, 0) }] : [];
  return { name: "generated", inputs: [start], outputs: [{ name: "logits", value }, ...newest, ...taps] };
};
