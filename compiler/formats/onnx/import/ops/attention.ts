import { item, type Shape, sizeOf, weight } from "../../../../ir/core/index.ts";
import { flagOf, floatOf, intOf } from "../attributes.ts";
import { bounded, expandTo, reshaped, settled, settledAs, whole } from "../forms.ts";
import { type Importer, optionalAt, type Site, spend, valueAt, wrongAttribute, wrongShape } from "../site.ts";
import { constant, type Value, wholeShape } from "../value.ts";
import { single } from "../weights.ts";
import { combined, minus, plus, times } from "./arithmetic.ts";
import { joined } from "./concat.ts";
import { multiplied } from "./dense.ts";
import { mapped } from "./mapped.ts";
import { sliced } from "./slice.ts";
import { softmaxed } from "./softmax.ts";
import { transposed } from "./transpose.ts";

type Extents = readonly [number, number, number, number];

const extentsOf = (site: Site, value: Value): Extents => {
  const [a, b, c, d, ...more] = wholeShape(value);
  if (a === undefined || b === undefined || c === undefined || d === undefined || more.length > 0)
    return wrongShape(site, "an operand of rank 3 or 4 is needed");
  return [a, b, c, d];
};

/** [B, S, H D] or [B, H, S, D] as [B, H, S, D]. */
const byHeads = (site: Site, index: number, attribute: string): Value => {
  const value = valueAt(site, index);
  const [batch = 1, steps = 1, channels = 1, ...more] = wholeShape(value);
  if (more.length > 0) return value;
  const heads = intOf(site, attribute, 0);
  if (!(heads >= 1 && channels % heads === 0))
    return wrongAttribute(site, attribute, `it is ${heads}, which does not divide ${channels} channels`);
  const split = reshaped(site, value, [batch, steps, heads, channels / heads]);
  return transposed(site, split, [0, 2, 1, 3]);
};

/** Each key or value head serves `times` heads of queries that follow each other. */
const repeatedHeads = (site: Site, value: Value, heads: number): Value => {
  const [batch, own, steps, width] = extentsOf(site, value);
  if (own === heads) return value;
  if (heads % own !== 0) return wrongShape(site, `${own} heads do not divide ${heads}`);
  const split = whole(site, reshaped(site, value, [batch, own, 1, steps, width]));
  const wide = expandTo(site, split, [batch, own, heads / own, steps, width]);
  return reshaped(site, settled(site, wide, value.element), [batch, heads, steps, width]);
};

const number = (value: number): Value => constant(single("number", value), "FLOAT");

/** 0 where `allowed`, minus infinity elsewhere. */
const barrier = (site: Site, shape: Shape, allowed: (index: number) => boolean): Value => {
  const size = sizeOf(bounded(site, shape));
  spend(site, "elements", size);
  const data = (): Float64Array => new Float64Array(size).map((_, i) => (allowed(i) ? 0 : -Infinity));
  return constant(weight({ name: "mask", shape, dtype: "f64", data }), "FLOAT");
};

/** Step q of the queries sees the keys up to its own step, and all `past` ones. */
const causal = (site: Site, steps: number, keys: number, past: number): Value =>
  barrier(site, [steps, keys], (i) => i % keys <= Math.floor(i / keys) + past);

const maskOf = (site: Site, keys: number): Value | null => {
  const mask = optionalAt(site, 3);
  if (mask === null) return null;
  const short = keys - (wholeShape(mask).at(-1) ?? keys);
  const bias = mask.element === "BOOL" ? asBias(site, mask) : mask;
  if (short <= 0) return bias;
  const shape = wholeShape(bias);
  return joined(site, [bias, barrier(site, [...shape.slice(0, -1), short], () => false)], shape.length - 1);
};

const asBias = (site: Site, mask: Value): Value => {
  const open = whole(site, mask);
  const spread = (value: number) =>
    expandTo(site, whole(site, reshaped(site, number(value), [])), open.type.shape);
  return settledAs(site, site.make("select", [open, spread(0), spread(-Infinity)], {}), false, "FLOAT");
};

/** Keys behind the stated length of each sample are padding. */
const paddingOf = (site: Site, keys: number): Value | null => {
  const lengths = optionalAt(site, 6);
  if (lengths === null) return null;
  spend(site, "elements", keys);
  const counts = reshaped(site, lengths, [...wholeShape(lengths), 1, 1, 1]);
  const places = weight({
    name: "places",
    shape: [keys],
    dtype: "i64",
    data: () => new Float64Array(keys).map((_, i) => i),
  });
  return asBias(site, combined(site, "less", constant(places), counts));
};

const withPast = (site: Site, value: Value, index: number): Value => {
  const past = optionalAt(site, index);
  return past === null ? value : joined(site, [past, value], 2);
};

const capped = (site: Site, scores: Value, cap: number): Value => {
  if (cap === 0) return scores;
  const small = times(site, scores, number(1 / cap));
  const bent = mapped(site, small, (x) => site.make("unary", [x], { fn: { kind: "tanh" } }));
  return times(site, bent, number(cap));
};

/** softmax(scale Q K' + bias) V, with grouped heads, a past, and the scores of each stage as fourth output. */
const attention: Importer = {
  inputs: [3, 7],
  attributes: [
    ...["is_causal", "kv_num_heads", "q_num_heads", "qk_matmul_output_mode", "scale", "softcap"],
    "softmax_precision",
  ],
  run: (site) => {
    const flat = wholeShape(valueAt(site, 0)).length === 3;
    const q = byHeads(site, 0, "q_num_heads");
    const k = withPast(site, byHeads(site, 1, "kv_num_heads"), 4);
    const v = withPast(site, byHeads(site, 2, "kv_num_heads"), 5);
    const [batch, heads, steps, width] = extentsOf(site, q);
    const keys = extentsOf(site, k)[2];
    const past = optionalAt(site, 4) === null ? 0 : extentsOf(site, valueAt(site, 4))[2];
    const turned = transposed(site, repeatedHeads(site, k, heads), [0, 1, 3, 2]);
    const scale = number(floatOf(site, "scale", 1 / Math.sqrt(width)));
    const raw = times(site, multiplied(site, q, turned), scale);
    const soft = capped(site, raw, floatOf(site, "softcap", 0));
    const biases = [
      flagOf(site, "is_causal", false) ? causal(site, steps, keys, past) : null,
      maskOf(site, keys),
      paddingOf(site, keys),
    ].flatMap((bias) => bias ?? []);
    const biased = biases.reduce((scores, bias) => plus(site, scores, bias), soft);
    const shares = softmaxed(site, biased, 3, false);
    const mixed = multiplied(site, shares, repeatedHeads(site, v, heads));
    const y = flat
      ? reshaped(site, transposed(site, mixed, [0, 2, 1, 3]), [batch, steps, heads * extentsOf(site, v)[3]])
      : mixed;
    const scores = [raw, soft, biased, shares];
    return [y, k, v, item(scores, intOf(site, "qk_matmul_output_mode", 0) & 3)];
  },
};

/** Cosines or sines [B or 1, S, R / 2], by position where there are positions. */
const angles = (site: Site, index: number): Value => {
  const cache = valueAt(site, index);
  const positions = optionalAt(site, 3);
  if (positions === null) return cache;
  const node = site.make("gather", [whole(site, cache), whole(site, positions)], { axis: 0, mode: "take" });
  return settled(site, node, cache.element);
};

/** Pairs of channels turned by an angle that grows with the step. */
const rotary: Importer = {
  inputs: [3, 4],
  attributes: ["interleaved", "num_heads", "rotary_embedding_dim"],
  run: (site) => {
    const given = wholeShape(valueAt(site, 0));
    const x = transposed(site, byHeads(site, 0, "num_heads"), [0, 2, 1, 3]);
    const [batch, steps, heads, width] = extentsOf(site, x);
    const turned = intOf(site, "rotary_embedding_dim", 0) || width;
    const half = turned / 2;
    const [cos, sin] = [angles(site, 1), angles(site, 2)].map((value) => {
      const [b = 1, s = 1] = wholeShape(value);
      return reshaped(site, value, wholeShape(value).length === 3 ? [b, s, 1, half] : [1, b, 1, s]);
    });
    if (cos === undefined || sin === undefined) throw new Error("two caches give two values");
    const pairs = flagOf(site, "interleaved", false);
    const part = (second: number): Value =>
      pairs ? sliced(site, x, 3, second, half, 2) : sliced(site, x, 3, second * half, half, 1);
    const [a, b] = [part(0), part(1)];
    const real = minus(site, times(site, cos, a), times(site, sin, b));
    const imaginary = plus(site, times(site, sin, a), times(site, cos, b));
    const split = [batch, steps, heads, half, 1];
    const rotated = pairs
      ? reshaped(site, joined(site, [reshaped(site, real, split), reshaped(site, imaginary, split)], 4), [
          batch,
          steps,
          heads,
          turned,
        ])
      : joined(site, [real, imaginary], 3);
    const all =
      turned === width ? rotated : joined(site, [rotated, sliced(site, x, 3, turned, width - turned, 1)], 3);
    return given.length === 3 ? reshaped(site, all, given) : transposed(site, all, [0, 2, 1, 3]);
  },
};

/** Attention and what stands before it, by operator. */
export const attentions: Readonly<Record<string, Importer>> = {
  Attention: attention,
  RotaryEmbedding: rotary,
};
