import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Arithmetic,
  clock,
  fixed,
  floats,
  integers,
  item,
  type Membrane,
  membraneOf,
  populationId,
  type SpikingNetwork,
  toZero,
} from "../../../compiler/ir/index.ts";
import { openInbox } from "../../../runtime/spiking/inbox.ts";
import { type Membranes, openMembranes } from "../../../runtime/spiking/membrane.ts";
import { membraneStep } from "../../../runtime/spiking/membrane-step.ts";
import { openTally } from "../../../runtime/spiking/tally.ts";
import { keepsSigns, wiringOf } from "../../../runtime/spiking/wiring.ts";

const loihi = fixed({ decayBits: 12, accumulatorBits: 22, currentBits: 24, voltageBits: 24 });
const spinnaker: Arithmetic = { kind: "buffered", bufferBits: 16, stateBits: 32 };

const whole = (name: string, value: number) => integers(name, [1], Float64Array.of(value));

interface Parameters extends Partial<Pick<Membrane, "comparator" | "reset" | "floor">> {
  readonly currentDecay?: number | null;
  readonly decay?: number;
  readonly bias?: number;
  readonly threshold: number;
}

const part = (name: string, value: number) => floats(name, [1], Float64Array.of(value));

const membrane = ({ bias = 0, threshold, decay = 0, currentDecay = null, ...given }: Parameters) => ({
  bias: whole("bias", bias),
  model: membraneOf({
    comparator: "above",
    reset: toZero,
    ...given,
    currentDecay: currentDecay === null ? null : part("current decay", currentDecay),
    decay: part("decay", decay),
    threshold: whole("threshold", threshold),
  }),
});

/** One membrane on its own: `push(positive, negative)` is a step with these contributions. */
const bench = ({ model, bias }: ReturnType<typeof membrane>, arithmetic: Arithmetic) => {
  const id = populationId.of("m");
  const network: SpikingNetwork = {
    name: "one",
    schedule: clock(1, { interval: 1 }),
    arithmetic,
    populations: [
      { id, shape: [1], model, code: { kind: "plain", payload: false }, bias, origins: [], start: 0 },
    ],
    projections: [],
    outputs: [],
    spellings: [],
  };
  const wiring = wiringOf(network);
  const site = wiring.siteOf(id);
  const inbox = openInbox(site, 1, keepsSigns(network));
  const cells: Membranes = openMembranes(site, model);
  const tally = openTally(wiring);
  const step = membraneStep(arithmetic);
  return {
    tally,
    /** [v as compared, v after reset, spike] */
    push: (positive: number, negative = 0): readonly [number, number, boolean] => {
      const sums = item(inbox.slots, 0);
      sums[0] = inbox.bySign ? positive : positive - negative;
      if (inbox.bySign) sums[1] = negative;
      step(cells, inbox, 0, tally);
      return [item(cells.compared, 0), item(cells.v, 0), cells.count === 1];
    },
  };
};

test("a Loihi membrane is worked out by hand over three steps", () => {
  // u keeps 2048 / 4096, v keeps 3072 / 4096, the bias is 3.
  const { push } = bench(membrane({ currentDecay: 0.5, decay: 0.75, bias: 3, threshold: 150 }), loihi);
  expect(push(100)).toEqual([103, 103, false]); // u = 100
  expect(push(-7)).toEqual([123, 123, false]); // u = 50 - 7 = 43, v = 77 + 43 + 3
  expect(push(0)).toEqual([116, 116, false]); // u = 21, v = 92 + 21 + 3
});

test("decayed negative states round towards zero", () => {
  const { push } = bench(membrane({ currentDecay: 0.5, decay: 0.75, threshold: 1000 }), loihi);
  expect(push(-101)).toEqual([-101, -101, false]);
  // u = -50.5 to -50, v = -75.75 to -75, and on: u = -25, v = -93.75 to -93.
  expect(push(0)).toEqual([-125, -125, false]);
  expect(push(0)).toEqual([-118, -118, false]);
});

test("a decay is a multiple of 2^-12", () => {
  const { push } = bench(membrane({ decay: 1 / 4096, threshold: 100000 }), loihi);
  expect(push(8191)).toEqual([8191, 8191, false]);
  expect(push(0)).toEqual([1, 1, false]);
  const coarse = bench(membrane({ decay: 0.3, threshold: 100000 }), loihi);
  coarse.push(4096);
  // 0.3 is 1229 / 4096 here
  expect(coarse.push(0)).toEqual([1229, 1229, false]);
});

test("`above` needs more than the threshold, `reached` does not", () => {
  const at = (comparator: Membrane["comparator"], arithmetic: Arithmetic, sum: number): boolean =>
    bench(membrane({ threshold: 64, comparator }), arithmetic).push(sum)[2];
  for (const arithmetic of [loihi, spinnaker, { kind: "exact" } as const]) {
    expect([63, 64, 65].map((sum) => at("above", arithmetic, sum))).toEqual([false, false, true]);
    expect([63, 64, 65].map((sum) => at("reached", arithmetic, sum))).toEqual([false, true, true]);
  }
});

test("a spike sets v to zero after the comparison, or leaves it", () => {
  const zero = bench(membrane({ decay: 1, threshold: 10 }), loihi);
  expect(zero.push(25)).toEqual([25, 0, true]);
  expect(zero.push(4)).toEqual([4, 4, false]);
  const none = bench(membrane({ decay: 1, threshold: 10, reset: { kind: "keep" } }), loihi);
  expect(none.push(25)).toEqual([25, 25, true]);
  expect(none.push(4)).toEqual([29, 29, true]);
});

test("v is lifted to its floor before it is compared and kept", () => {
  const { push } = bench(membrane({ decay: 1, threshold: 10, floor: -20 }), loihi);
  expect(push(-500)).toEqual([-20, -20, false]);
  expect(push(31)).toEqual([11, 0, true]);
});

test("the sum of a step wraps at 22 bits, u at 24; v is clipped", () => {
  const accumulator = bench(membrane({ threshold: 2 ** 23 }), loihi);
  expect(accumulator.push(2 ** 21 - 1)).toEqual([2 ** 21 - 1, 2 ** 21 - 1, false]);
  expect(accumulator.tally.wraps).toBe(0);
  expect(accumulator.push(2 ** 21)).toEqual([-(2 ** 21), -(2 ** 21), false]);
  expect(accumulator.push(-(2 ** 21) - 1)).toEqual([2 ** 21 - 1, 2 ** 21 - 1, false]);
  expect(accumulator.tally).toMatchObject({ wraps: 2, saturations: 0 });

  const current = bench(membrane({ currentDecay: 1, threshold: 2 ** 23 }), loihi);
  for (let k = 1; k <= 4; k++) current.push(2 ** 21 - 1);
  // 5 (2^21 - 1) is 2^21 - 5 beyond the greatest u: it comes back as that much above the least.
  expect(current.push(2 ** 21 - 1)[0]).toBe(5 * (2 ** 21 - 1) - 2 ** 24);
  expect(current.tally).toMatchObject({ wraps: 1, saturations: 0 });

  const voltage = bench(membrane({ decay: 1, threshold: 2 ** 23 }), loihi);
  for (let k = 1; k <= 4; k++) voltage.push(2 ** 21 - 1);
  expect(voltage.push(100)[0]).toBe(2 ** 23 - 1);
  expect(voltage.tally).toMatchObject({ wraps: 0, saturations: 1 });
});

test("SpiNNaker's buffers saturate per sign, and then subtract", () => {
  const { push, tally } = bench(membrane({ threshold: 1, comparator: "reached" }), spinnaker);
  expect(push(65535, 65535)).toEqual([0, 0, false]);
  expect(tally.saturations).toBe(0);
  // The true sum is 5, the buffers give 65535 - 65535.
  expect(push(65540, 65535)).toEqual([0, 0, false]);
  expect(push(65536, 65534)).toEqual([1, 0, true]);
  expect(tally.saturations).toBe(2);
});

const wrap = (x: bigint, bits: bigint): bigint => BigInt.asIntN(Number(bits), x);

/** sign(x) * ((|x| * parts) >> 12) */
const dec = (x: bigint, parts: bigint): bigint => (x < 0n ? -((-x * parts) >> 12n) : (x * parts) >> 12n);

test("fixed arithmetic equals its equations in BigInt on random membranes", () => {
  const parts = fc.integer({ min: 0, max: 4096 });
  const sum = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.integer({ min: -(2 ** 22), max: 2 ** 22 }));
  fc.assert(
    fc.property(
      parts,
      fc.option(parts),
      fc.integer({ min: -4000, max: 4000 }),
      fc.array(sum, { maxLength: 20 }),
      (dv, du, drive, sums) => {
        const model = membrane({
          decay: dv / 4096,
          currentDecay: du === null ? null : du / 4096,
          bias: drive,
          threshold: 640,
          floor: -(2 ** 20),
        });
        const { push } = bench(model, loihi);
        let [u, v] = [0n, 0n];
        for (const x of sums) {
          u = wrap((du === null ? 0n : dec(u, BigInt(du))) + wrap(BigInt(x), 22n), 24n);
          const free = dec(v, BigInt(dv)) + u + BigInt(drive);
          const most = 2n ** 23n - 1n;
          const clipped = free > most ? most : free < -most ? -most : free;
          const compared = clipped < -(2n ** 20n) ? -(2n ** 20n) : clipped;
          v = compared > 640n ? 0n : compared;
          const [seen, kept, spike] = push(x);
          expect([BigInt(seen), BigInt(kept), spike]).toEqual([compared, v, compared > 640n]);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test("buffered arithmetic refuses a decay that needs fraction bits", () => {
  const { push } = bench(membrane({ decay: 0.5, threshold: 1 }), spinnaker);
  expect(() => push(1)).toThrow("no rule for a decay of 0.5");
});
