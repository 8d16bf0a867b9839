import type { InputCode } from "../../../compiler/native/index.ts";
import { timeFaults } from "../../diagnostics/time.ts";
import { combine, type Rational, showRational, toNumber } from "../../rational.ts";
import { placeOf, report } from "../context.ts";
import { seedOf } from "../initial.ts";
import { aboveZero, exactly } from "../kinds.ts";
import { type Layer, type Site, shapeOfFlow, type Turn } from "../layers/layer.ts";
import { required, type Signature, signature, spanOfOption } from "../options.ts";
import { secondsOf, showTime, tooShort } from "./clock.ts";
import { time } from "./parameters.ts";
import { place, type ReadWord } from "./part.ts";

/** Seconds of an option that are whole steps and not 0. Null: a fault was reported. */
const duration = (site: Site): number | null => {
  const { context, options, store } = site;
  const written = required(options, "time", time);
  if (written === null) return null;
  const span = spanOfOption(options, "time") ?? site.span;
  return written.n > 0n
    ? secondsOf(context, store.clock, "time", written, span)
    : tooShort(context, "time", written, "time: 100 ms", span);
};

const frequency = exactly("frequency", "200 Hz");

/** Spikes a second of a value of 1. Null: a fault was reported. */
const peakOf = (site: Site): Rational | null => {
  const { context, options, store } = site;
  const peak = required(options, "peak", frequency);
  const { step } = store.clock;
  const spikes = peak === null || step === null ? null : combine("*", peak, step);
  if (peak === null || spikes === null || step === null || toNumber(spikes) <= 1) return peak;
  const most = combine("/", peak, spikes) ?? peak;
  const holes = {
    peak: showRational(peak),
    spikes: Number(toNumber(spikes).toPrecision(6)),
    step: showTime(step),
    most: showRational(most),
  };
  const span = spanOfOption(options, "peak") ?? site.span;
  return report(context, timeFaults.report("rate", placeOf(context, span), holes));
};

const rateOf = (site: Site): InputCode | null => {
  const { context, options, span } = site;
  const [peak, seconds] = [peakOf(site), duration(site)];
  const seed = seedOf(context, { text: "encode.rate", span }, options, "draws spikes");
  if (peak === null || seconds === null || seed === null) return null;
  return { kind: "rate", peak: toNumber(peak), time: seconds, seed };
};

const timed =
  (kind: "latency" | "current") =>
  (site: Site): InputCode | null => {
    const seconds = duration(site);
    return seconds === null ? null : { kind, time: seconds };
  };

const deltaOf = (site: Site): InputCode | null => {
  const threshold = required(site.options, "threshold", aboveZero);
  return threshold === null ? null : { kind: "delta", threshold };
};

const encoder = (of: Signature, turn: Turn, codeOf: (site: Site) => InputCode | null): Layer => ({
  signature: of,
  counted: "encode",
  turn,
  build: (site, input) => {
    const code = codeOf(site);
    if (code === null) return null;
    return place(site.store.parts, site, { kind: "encode", code }, input.node, shapeOfFlow(input));
  },
});

const reader = (read: ReadWord, takes: Turn["takes"]): Layer => ({
  signature: signature(`read.${read}`, []),
  counted: "read",
  turn: { takes, gives: "values" },
  build: (site, input) =>
    place(site.store.parts, site, { kind: "read", read }, input.node, shapeOfFlow(input)),
});

/** Values into time, and streams back into values. */
export const codes: readonly Layer[] = [
  encoder(
    signature("encode.rate", ["peak", "time", "seed"], ["peak", "time", "seed"]),
    { takes: "values", gives: "spikes" },
    rateOf,
  ),
  encoder(signature("encode.latency", ["time"]), { takes: "values", gives: "spikes" }, timed("latency")),
  encoder(signature("encode.current", ["time"]), { takes: "values", gives: "signal" }, timed("current")),
  encoder(signature("encode.delta", ["threshold"]), { takes: "signal", gives: "spikes" }, deltaOf),
  reader("count", "spikes"),
  reader("first", "spikes"),
  reader("mean", "signal"),
  reader("last", "signal"),
  reader("max", "signal"),
];
