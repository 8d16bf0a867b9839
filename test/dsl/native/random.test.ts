import fc from "fast-check";
import { expect, test } from "vitest";
import { floats, item, type Weight } from "../../../compiler/ir/index.ts";
import { eventStream } from "../../../runtime/spiking/index.ts";
import { timeNetworkOf } from "../support.ts";
import { chain, delay, dense, type Neuron, neurons, plus, type Stage, type Vector } from "./reference.ts";
import { lowered, runOn } from "./run.ts";

/** Neurons of every layer; with time constants that are powers of two every number of a run is exact. */
const width = 3;

const halves = fc.integer({ min: -3, max: 3 }).map((n) => n / 2);
const tau = fc.constantFrom(1, 2, 4);
const vector = fc.array(halves, { minLength: width, maxLength: width });
const square = fc.array(vector, { minLength: width, maxLength: width });

/** A stage as it is written, what it reads from the file, and what it does. */
interface Piece {
  readonly text: string;
  readonly arrays: (stage: string) => readonly Weight[];
  readonly make: () => Stage;
  readonly spikes: boolean;
}

const array = (name: string, shape: readonly number[], values: Vector): Weight =>
  floats(name, shape, Float64Array.from(values), "f32");

const denseOf = (rows: readonly Vector[], bias: Vector, ms: readonly Vector[] | null): Piece => ({
  text: `dense(${width}${ms === null ? "" : ", delays: stored"})`,
  arrays: (stage) => [
    array(`${stage}.weight`, [width, width], rows.flat()),
    array(`${stage}.bias`, [width], bias),
    ...(ms === null
      ? []
      : [
          array(
            `${stage}.delay`,
            [width, width],
            ms.flat().map((n) => Math.fround(n / 1000)),
          ),
        ]),
  ],
  make: () => dense(rows, bias, (out, from) => ms?.[out]?.[from] ?? 0),
  spikes: false,
});

const noArrays = (): readonly Weight[] => [];

const spiking = fc
  .record({
    type: fc.constantFrom("IF", "LIF", "CubaLIF", "ALIF"),
    tau,
    tauSyn: tau,
    wIn: halves,
    r: fc.constantFrom(1, 2),
    leak: halves,
    threshold: fc.constantFrom(0.25, 0.5, 1),
    reset: fc.constantFrom("soft" as const, "hard" as const),
    to: fc.constantFrom(-0.5, 0, 0.125),
    refractory: fc.constantFrom(0, 0, 1, 3),
    adapt: fc.record({ tau, beta: fc.constantFrom(0.25, 0.5) }),
  })
  .map((p): Piece => {
    const { type, threshold, reset, to, refractory } = p;
    const synapse = type === "CubaLIF";
    const adapts = type === "ALIF";
    const common = [
      // An integrator counts a step as 1.
      `r: ${type === "IF" ? 1000 : p.r}`,
      `v_threshold: ${threshold}, reset: ${reset}, v_reset: ${to}, refractory: ${refractory} ms`,
    ];
    const times = synapse
      ? [`tau_syn: ${p.tauSyn} ms, tau_mem: ${p.tau} ms, w_in: ${p.wIn}`]
      : [`tau: ${p.tau} ms`];
    const leaky = type === "IF" ? [] : [...times, `v_leak: ${p.leak}`];
    const adapted = adapts ? [`tau_adapt: ${p.adapt.tau} ms, beta: ${p.adapt.beta}`] : [];
    const shared = { threshold, reset, to, refractory };
    const neuron: Neuron =
      type === "IF"
        ? { ...shared, r: 1000 }
        : {
            ...shared,
            r: p.r,
            tau: p.tau,
            leak: p.leak,
            ...(synapse ? { tauSyn: p.tauSyn, wIn: p.wIn } : {}),
            ...(adapts ? { adapt: p.adapt } : {}),
          };
    return {
      text: `${type}(${[...leaky, ...common, ...adapted].join(", ")})`,
      arrays: noArrays,
      make: () => neurons(width, neuron),
      spikes: true,
    };
  });

const silent = tau.map(
  (t): Piece => ({
    text: `LI(${t} ms)`,
    arrays: noArrays,
    make: () => neurons(width, { tau: t, threshold: null }),
    spikes: false,
  }),
);

const linear: fc.Arbitrary<Piece> = fc.oneof(
  fc
    .tuple(
      square,
      vector,
      fc.option(
        fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: width, maxLength: width }), {
          minLength: width,
          maxLength: width,
        }),
      ),
    )
    .map(([rows, bias, ms]) => denseOf(rows, bias, ms)),
  fc
    .integer({ min: 1, max: 3 })
    .map((n): Piece => ({ text: `delay(${n} ms)`, arrays: noArrays, make: () => delay(n), spikes: false })),
  fc.constantFrom(0.5, -1, 2).map(
    (by): Piece => ({
      text: `scale(${by})`,
      arrays: noArrays,
      make: () => (x) => x.map((v) => by * v),
      spikes: false,
    }),
  ),
  fc.constantFrom(0.25, 0.5).map(
    (limit): Piece => ({
      text: `threshold(${limit})`,
      arrays: noArrays,
      make: () => (x) => x.map((v) => (v > limit ? 1 : 0)),
      spikes: true,
    }),
  ),
);

/** A layer: what it adds of the layers before it and of spikes some steps ago, then its pieces and neurons. */
const layer = fc.record({
  reads: fc.array(fc.nat(), { minLength: 1, maxLength: 2 }),
  back: fc.option(fc.integer({ min: 1, max: 3 })),
  pieces: fc.array(fc.oneof({ weight: 3, arbitrary: linear }, { weight: 1, arbitrary: silent }), {
    maxLength: 2,
  }),
  cell: spiking,
});

const events = fc.array(fc.record({ step: fc.nat(19), element: fc.nat(width - 1) }), { maxLength: 30 });

test("random networks of the language run as plain loops do, every spike of every layer", () => {
  let spikes = 0;
  fc.assert(
    fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), events, (layers, given) => {
      const names = ["x", ...layers.map((_, i) => `h${i + 1}`)];
      const arrays = new Map<string, Weight>();
      const counts = { dense: 0 };
      const lines = layers.map(({ reads, back, pieces, cell }, i) => {
        for (const piece of pieces) {
          if (!piece.text.startsWith("dense")) continue;
          counts.dense++;
          for (const w of piece.arrays(`dense${counts.dense}`)) arrays.set(w.name, w);
        }
        const sources = reads.map((r) => item(names, r % (i + 1)));
        const loop = back === null ? [] : [`previous(h${i + 1}${back === 1 ? "" : `, ${back} ms`})`];
        const stages = [...pieces, cell].map(({ text }) => ` -> ${text}`).join("");
        return `  h${i + 1}: spikes[${width}] = ${[...sources, ...loop].join(" + ")}${stages}`;
      });
      const unread = names.filter((name) => name !== "x" || !lines.some((line) => / x\b/.test(line)));
      const text = `network net(x: spikes[${width}]) -> y: [${width}] {
  step 1 ms
  weights "w.npz"
${lines.join("\n")}
  y = ${[...new Set(unread)].join(" + ")} -> read.mean
}
`;
      const network = lowered(timeNetworkOf(text, { weights: { "w.npz": arrays } }));
      const stream = eventStream([width], 20, given);
      const ran = runOn(network, new Map([["x", stream]]), names.slice(1));
      const own = layers.map(({ pieces, cell }) => chain(...pieces.map(({ make }) => make()), cell.make()));
      const past: Vector[][] = layers.map(() => []);
      for (let t = 0; t < 20; t++) {
        const x = Array.from({ length: width }, () => 0);
        for (const { step, element } of given) if (step === t) x[element] = item(x, element) + 1;
        const values: Vector[] = [x];
        layers.forEach(({ reads, back }, i) => {
          const sum = reads.map((r) => item(values, r % (i + 1))).reduce(plus);
          const before = back === null ? undefined : past[i]?.[t - back];
          const made = item(own, i)(before === undefined ? sum : plus(sum, before));
          values.push(made);
          past[i]?.push(made);
        });
        layers.forEach((_, i) => {
          const sent = ran.sent(item(names, i + 1)).slice(t * width, (t + 1) * width);
          expect([...sent]).toEqual(item(values, i + 1));
          spikes += sent.reduce((sum, s) => sum + s, 0);
        });
      }
    }),
    { numRuns: 100, seed: 11 },
  );
  expect(spikes).toBeGreaterThan(500);
}, 60_000);
