import { floats, randomFrom, type Shape, sizeOf, type Weight } from "../../../compiler/ir/core/index.ts";
import type { TensorNode } from "../../../compiler/ir/tensor/index.ts";
import { native } from "../../../compiler/native/index.ts";
import { kindFaults } from "../../diagnostics/kind.ts";
import { optionFaults } from "../../diagnostics/option.ts";
import { timeFaults } from "../../diagnostics/time.ts";
import { type Rational, toNumber } from "../../rational.ts";
import { placeOf, report } from "../context.ts";
import { showCount } from "../count.ts";
import { startingAt } from "../init.ts";
import { seedOf } from "../initial.ts";
import type { Item, WordItem } from "../items.ts";
import { type Flow, fromWeights, parameter, type Site } from "../layers/layer.ts";
import { itemOfOption, matchOptions, type Options, required, signature, spanOfOption } from "../options.ts";
import { takeTable } from "../shapes.ts";
import { secondsOf, showTime, stepsOf } from "./clock.ts";
import { time } from "./parameters.ts";

const signatureOf = signature("uniform", ["low", "high"], ["low", "high", "seed"]);

/** Whole steps of a bound; null when it was refused, or no step is said. */
const boundOf = (site: Site, options: Options, name: string, written: Rational): number | null =>
  stepsOf(site.context, site.store.clock, name, written, spanOfOption(options, name) ?? site.span);

/** Whole steps from `low` to `high`, each as likely. */
const uniform = (site: Site, item: WordItem, shape: Shape): Weight | null => {
  const { context, store, stage } = site;
  const options = matchOptions(context, item.within, signatureOf, item.args ?? [], item.span);
  if (options === null) return null;
  const [low, high] = [required(options, "low", time), required(options, "high", time)];
  const seed = seedOf(context, item, options, `draws ${showCount(sizeOf(shape))} delays`);
  if (low === null || high === null || seed === null) return null;
  const step = store.clock.step === null ? null : toNumber(store.clock.step);
  if (step === null) return native.scalar(`${stage}.delay`, 0);
  const [from, to] = [boundOf(site, options, "low", low), boundOf(site, options, "high", high)];
  if (from === null || to === null) return null;
  if (to < from) {
    const holes = {
      name: "high",
      value: showTime(high),
      example: `uniform(${showTime(high)}, ${showTime(low)})`,
    };
    return report(context, timeFaults.report("bounds", placeOf(context, item.span), holes));
  }
  const random = randomFrom(seed);
  const drawn = new Float64Array(sizeOf(shape));
  for (let i = 0; i < drawn.length; i++) drawn[i] = (from + random.below(to - from + 1)) * step;
  return floats(`${stage}.delay`, shape, drawn);
};

const same = (site: Site, written: Rational, item: Item): Weight | null => {
  const seconds = secondsOf(site.context, site.store.clock, "delays", written, item.span);
  return seconds === null ? null : native.scalar(`${site.stage}.delay`, seconds);
};

/** Seconds of every synapse of weights of a shape. Null: a fault was reported. */
const delaysOf = (site: Site, shape: Shape): Weight | null => {
  const item = itemOfOption(site.options, "delays");
  if (item?.kind === "word" && item.text === "stored" && item.args === null)
    return parameter(site, "delay", shape, fromWeights(startingAt(0)));
  if (item?.kind === "word" && item.text === "uniform") return uniform(site, item, shape);
  if (item?.kind === "number") {
    const written = required(site.options, "delays", time);
    return written === null ? null : same(site, written, item);
  }
  const holes = {
    owner: site.options.owner,
    name: "delays",
    says: "stored, a time, or uniform(low, high, seed)",
    remedy: "write for example `delays: uniform(1 ms, 25 ms, seed: 1)`",
  };
  const span = spanOfOption(site.options, "delays") ?? site.span;
  return report(site.context, optionFaults.report("type", placeOf(site.context, span), holes));
};

type Build<N extends TensorNode> = (site: Site, input: Flow) => N | null;

type Synapses = Extract<TensorNode, { readonly op: "dense" | "conv" }>;

/** A layer whose synapses may have delays: `delays: stored`, `3 ms` or `uniform(1 ms, 25 ms, seed: 1)`. */
export const withDelays =
  <N extends Synapses>(build: Build<N>): Build<N> =>
  (site, input) => {
    const node = build(site, input);
    if (node === null || !site.options.given.has("delays")) return node;
    const { context, store, options, span } = site;
    if (input.kind === "values") {
      const remedy = "leave it out: values have no time";
      const holes = { name: "delays", needs: "a signal or spikes", found: "values", remedy };
      return report(
        context,
        kindFaults.report("input", placeOf(context, spanOfOption(options, "delays") ?? span), holes),
      );
    }
    const { shape } = node.attrs.weight;
    if (!takeTable(context, shape, spanOfOption(options, "delays") ?? span)) return null;
    const delays = delaysOf(site, shape);
    if (delays === null) return null;
    store.delays.set(node, delays);
    return node;
  };
