/**
 * Theorem B: a barrier closes every phase. A population with start p has all its input when phase p begins, and sends
 * the digits of its level during that phase.
 */
import { item } from "../../compiler/ir/core/index.ts";
import { type Carrier, type Delivery, sendMany } from "./delivery.ts";
import { checkDigit, digitOf, isWhole, payload, type Sender } from "./digits.ts";
import { greatestOf } from "./gate.ts";
import { openInbox } from "./inbox.ts";
import { givenLevels, type Inputs } from "./inputs.ts";
import type { Recorder } from "./recorder.ts";
import { type SpikingRun, sampleRun } from "./result.ts";
import { countersOf, openTally, type Tally } from "./tally.ts";
import type { Site, Wiring } from "./wiring.ts";

export interface PhaseOptions {
  readonly carrier: Carrier;
  readonly recorder: Recorder | null;
  /** Compares every digit with the greedy digits of the level; a difference throws. */
  readonly checkDigits: boolean;
}

interface Sample {
  readonly wiring: Wiring;
  readonly options: PhaseOptions;
  readonly delivery: Delivery;
  readonly tally: Tally;
}

/** Messages of a place that all carry one digit: elements that sent it are in `fired`. */
const sendDigits = (sample: Sample, sender: Sender, place: number, step: number): number => {
  const { site, code, sent, fired } = sender;
  const gain = item(code.gains, place);
  let messages = 0;
  for (let e = 0; e < site.size; e++) {
    const digit = digitOf(sender, e, gain);
    if (sample.options.checkDigits) checkDigit(sender, e, gain, digit);
    if (digit === 0) continue;
    sent[e] = (sent[e] ?? 0) + gain;
    fired[messages++] = e;
    sample.options.recorder?.({ population: site.id, element: e, step, place, digit });
  }
  sample.tally.synapses += sendMany(sample.delivery, site.index, fired, messages, gain, step);
  return messages;
};

/** Messages of a place whose digits differ: the whole level where the code has one place, else greedy digits. */
const sendPayloads = (sample: Sample, sender: Sender, place: number, step: number): number => {
  const { site, code, sent } = sender;
  const gain = item(code.gains, place);
  const whole = isWhole(code);
  let messages = 0;
  for (let e = 0; e < site.size; e++) {
    const digit = whole ? payload(sender, e) : digitOf(sender, e, gain);
    if (sample.options.checkDigits) checkDigit(sender, e, gain, digit);
    if (digit === 0) continue;
    sent[e] = (sent[e] ?? 0) + digit * gain;
    messages++;
    sample.tally.synapses += sample.delivery.send(site.index, e, digit * gain, step);
    sample.options.recorder?.({ population: site.id, element: e, step, place, digit });
  }
  return messages;
};

/** All messages of one place of the code. */
const sendPlace = (sample: Sample, sender: Sender, place: number, step: number): void => {
  const { site, code } = sender;
  const { tally } = sample;
  const binary = code.limit === 1 && !isWhole(code);
  const messages = binary
    ? sendDigits(sample, sender, place, step)
    : sendPayloads(sample, sender, place, step);
  tally.spikes[site.index] = item(tally.spikes, site.index) + messages;
  tally.updates += site.size;
};

const sendStep = (sample: Sample, sender: Sender, within: number, step: number): void => {
  const { gains, across } = sender.code;
  if (across === "lanes") {
    for (let lane = 0; within === 0 && lane < gains.length; lane++) sendPlace(sample, sender, lane, step);
  } else if (within < gains.length) sendPlace(sample, sender, within, step);
};

const addBias = (sums: Float64Array, bias: Float64Array | null): void => {
  if (bias === null) return;
  for (let e = 0; e < sums.length; e++) sums[e] = (sums[e] ?? 0) + (bias[e] ?? 0);
};

/** What a population knows when its phase begins: S, the given levels, or the greatest level of each gate. */
const closeInput = (site: Site, inbox: Float64Array, levels: Inputs): Float64Array => {
  if (site.population.model.kind === "input") return givenLevels(site.population, levels);
  if (site.incidence === null) {
    addBias(inbox, site.bias);
    return inbox;
  }
  const greatest = new Float64Array(site.size);
  greatestOf(site.incidence, inbox, greatest);
  return greatest;
};

/** Runs one sample of input levels. Throws for populations whose code is not phased. */
export const runPhases = (wiring: Wiring, levels: Inputs, options: PhaseOptions): SpikingRun => {
  const { network, sites } = wiring;
  if (network.schedule.kind !== "phases") throw new Error(`${network.name} has no phases`);
  const inboxes = sites.map((site) => openInbox(site, 1, false));
  const tally = openTally(wiring);
  const sample: Sample = { wiring, options, delivery: options.carrier.open(wiring, inboxes), tally };
  const values: Float64Array[] = sites.map(() => new Float64Array(0));
  network.schedule.lengths.forEach((length, phase) => {
    const senders: Sender[] = [];
    for (const site of sites.filter((s) => s.population.start === phase)) {
      const { code, model } = site.population;
      const sums = closeInput(site, item(item(inboxes, site.index).slots, 0), levels);
      const sent = new Float64Array(site.size);
      values[site.index] = model.kind === "sum" ? sums : sent;
      if (code.kind === "phased") senders.push({ site, code, sums, sent, fired: new Int32Array(site.size) });
      else if (model.kind !== "sum") throw new Error(`${site.id} has no phased code`);
    }
    for (let within = 0; within < length; within++)
      for (const sender of senders) sendStep(sample, sender, within, tally.steps + within);
    tally.steps += length;
  });
  return { ...sampleRun(wiring, values), counters: countersOf(wiring, tally) };
};
