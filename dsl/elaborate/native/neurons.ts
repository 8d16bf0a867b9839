import type { Weight } from "../../../compiler/ir/core/index.ts";
import { type NeuronParameters, native } from "../../../compiler/native/index.ts";
import { optionFaults } from "../../diagnostics/option.ts";
import { whole } from "../../rational.ts";
import { placeOf, report } from "../context.ts";
import type { Item } from "../items.ts";
import { word } from "../kinds.ts";
import { type Flow, type Layer, type Site, shapeOfFlow } from "../layers/layer.ts";
import { itemOfOption, optional, readItem, required, signature, spanOfOption } from "../options.ts";
import { secondsOf } from "./clock.ts";
import { areStored, neuronParameter, time, type Wanted } from "./parameters.ts";
import { place } from "./part.ts";

const timeConstant = (name: string): Wanted => ({ name, is: "time constant", otherwise: null });
const voltage = (name: string, otherwise: number): Wanted => ({ name, is: "voltage", otherwise });
const number = (name: string, otherwise: number): Wanted => ({ name, is: "number", otherwise });

/** The names that a type of neuron has for what the equations of `NeuronParameters` hold. */
interface Type {
  readonly word: string;
  readonly tauSyn: string | null;
  readonly tauMem: string | null;
  readonly spikes: boolean;
  readonly adapts: boolean;
}

const types: readonly Type[] = [
  { word: "I", tauSyn: null, tauMem: null, spikes: false, adapts: false },
  { word: "LI", tauSyn: null, tauMem: "tau", spikes: false, adapts: false },
  { word: "CubaLI", tauSyn: "tau_syn", tauMem: "tau_mem", spikes: false, adapts: false },
  { word: "IF", tauSyn: null, tauMem: null, spikes: true, adapts: false },
  { word: "LIF", tauSyn: null, tauMem: "tau", spikes: true, adapts: false },
  { word: "CubaLIF", tauSyn: "tau_syn", tauMem: "tau_mem", spikes: true, adapts: false },
  { word: "ALIF", tauSyn: null, tauMem: "tau", spikes: true, adapts: true },
];

const optionsOf = ({ tauSyn, tauMem, spikes, adapts }: Type): readonly string[] => [
  ...[tauSyn, tauMem].filter((name) => name !== null),
  "r",
  ...(tauMem === null ? [] : ["v_leak"]),
  ...(tauSyn === null ? [] : ["w_in"]),
  ...(spikes ? ["v_threshold", "reset", "v_reset", "refractory"] : []),
  ...(adapts ? ["tau_adapt", "beta"] : []),
];

/** What stands first without a name and is not `stored`: the first time constant. */
const firstItem = (site: Site): Item | null =>
  areStored(site) ? null : itemOfOption(site.options, "stored");

/** The first time constant may be written without its name. */
const firstTime = (site: Site, shape: readonly number[], name: string): Weight | null => {
  const first = firstItem(site);
  const named = itemOfOption(site.options, name);
  if (first === null || named === null)
    return neuronParameter(site, shape, timeConstant(name), named ?? first);
  const holes = { owner: site.options.owner, name };
  return report(site.context, optionFaults.report("twice", placeOf(site.context, first.span), holes));
};

/** A parameter that a type may not have: `has` says so, `made` is null where it was refused. */
interface Made {
  readonly has: boolean;
  readonly made: Weight | null;
}

const absent: Made = { has: false, made: null };

const present = (made: Weight | null): Made => ({ has: true, made });

const refused = ({ has, made }: Made): boolean => has && made === null;

const refractoryOf = (site: Site): number | null => {
  const written = optional(site.options, "refractory", time, whole(0));
  if (written === null) return null;
  const span = spanOfOption(site.options, "refractory") ?? site.span;
  return secondsOf(site.context, site.store.clock, "refractory", written, span);
};

const resets = word("soft", "hard");

/** A first option without a name where none can stand. */
const misplaced = (site: Site, { tauSyn, tauMem }: Type): boolean => {
  const first = firstItem(site);
  if (first === null || tauSyn !== null || tauMem !== null) return false;
  readItem(site.options, "stored", word("stored"), first);
  return true;
};

/** Parameters of a neuron. Null: faults were reported, all of them. */
const parametersOf = (site: Site, type: Type, shape: readonly number[]): NeuronParameters | null => {
  const of = (wanted: Wanted): Made => present(neuronParameter(site, shape, wanted));
  const { tauSyn, tauMem, spikes, adapts } = type;
  const wrong = misplaced(site, type);
  const syn = tauSyn === null ? absent : present(firstTime(site, shape, tauSyn));
  const mem =
    tauMem === null
      ? absent
      : tauSyn === null
        ? present(firstTime(site, shape, tauMem))
        : of(timeConstant(tauMem));
  const r = of(number("r", 1));
  const leak = tauMem === null ? absent : of(voltage("v_leak", 0));
  const wIn = tauSyn === null ? absent : of(number("w_in", 1));
  const threshold = spikes ? of(voltage("v_threshold", 1)) : absent;
  const vReset = spikes ? of(voltage("v_reset", 0)) : absent;
  const reset = spikes ? required(site.options, "reset", resets) : null;
  const refractory = spikes ? refractoryOf(site) : 0;
  const tauAdapt = adapts ? of(timeConstant("tau_adapt")) : absent;
  const beta = adapts ? of({ ...voltage("beta", 0), otherwise: null }) : absent;
  const all = [syn, mem, r, leak, wIn, threshold, vReset, tauAdapt, beta];
  if (wrong || all.some(refused) || (spikes && reset === null) || refractory === null) return null;
  return {
    tauSyn: syn.made,
    wIn: wIn.made,
    tauMem: mem.made,
    r: r.made,
    vLeak: leak.made,
    threshold: threshold.made,
    // What a soft reset does not read may stand in a file all the same.
    vReset: reset === "hard" ? vReset.made : null,
    reset,
    refractory,
    adaptation: tauAdapt.made === null || beta.made === null ? null : { tau: tauAdapt.made, beta: beta.made },
  };
};

const neuron = (type: Type): Layer => ({
  signature: signature(type.word, type.tauSyn === null ? ["stored"] : ["stored", "tau_mem"], [
    "stored",
    ...optionsOf(type),
  ]),
  counted: type.word,
  turn: { takes: "signal", gives: type.spikes ? "spikes" : "signal" },
  build: (site: Site, input: Flow) => {
    const shape = shapeOfFlow(input);
    const parameters = parametersOf(site, type, shape);
    if (parameters === null) return null;
    return place(site.store.parts, site, { kind: "neuron", parameters }, input.node, shape);
  },
});

/** A spike in each step in which the input is above a value. */
const threshold: Layer = {
  signature: signature("threshold", ["value"]),
  counted: "threshold",
  turn: { takes: "signal", gives: "spikes" },
  build: (site, input) => {
    const shape = shapeOfFlow(input);
    const item = itemOfOption(site.options, "value");
    const value = neuronParameter(
      site,
      shape,
      // In NIR files it is called so.
      { name: item?.kind === "word" ? "threshold" : "value", is: "voltage", otherwise: null },
      item,
    );
    return value === null
      ? null
      : place(site.store.parts, site, { kind: "threshold", value }, input.node, shape);
  },
};

/** What came in so long ago; nothing before. */
const delay: Layer = {
  signature: signature("delay", ["time"]),
  counted: "delay",
  turn: { takes: "signal", gives: "kept" },
  build: (site, input) => {
    const { context, options, store } = site;
    const shape = shapeOfFlow(input);
    const item = itemOfOption(options, "time");
    const put = (seconds: Weight) =>
      place(store.parts, site, { kind: "delay", time: seconds }, input.node, shape);
    if (item?.kind === "word" || item?.kind === "param") {
      const wanted: Wanted = { name: "delay", is: "time constant", otherwise: null };
      const seconds = neuronParameter(site, shape, wanted, item);
      return seconds === null ? null : put(seconds);
    }
    const written = required(options, "time", time);
    const span = item?.span ?? site.span;
    const seconds = written === null ? null : secondsOf(context, store.clock, "time", written, span);
    return seconds === null ? null : put(native.scalar(`${site.stage}.delay`, seconds));
  },
};

/** Layers that keep a state from step to step. */
export const neurons: readonly Layer[] = [...types.map(neuron), threshold, delay];
