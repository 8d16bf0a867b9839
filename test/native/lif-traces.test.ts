import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { item } from "../../compiler/ir/index.ts";
import { native, type ProfileName } from "../../compiler/native/index.ts";
import { eventStream, openStreams } from "../../runtime/spiking/index.ts";
import { sharedData } from "../shared-data.ts";
import { idOf, lower, one, single } from "./support.ts";

/**
 * One LIF neuron in ten simulators and on a chip (neuromorphs/NIR: paper/01_lif): tau = 2.5 ms, r = 1, threshold 0.1,
 * steps of 0.1 ms. `scale` is what the simulator calls a voltage of 1.
 */
const cases: readonly (readonly [file: string, profile: ProfileName, scale: number])[] = [
  ["norse", "norse", 1],
  ["snntorch", "snntorch", 25],
  ["spinnaker2", "spinnaker2", 0.9998039600078417 / 0.04],
  ["lava_cpu_float", "lava-float", 1],
  ["nengo", "nengo", 10],
  ["sinabs", "sinabs", 1],
  ["rockpool", "rockpool", 1],
  ["spyx", "spyx", 1],
  ["lava_cpu_fixed", "lava-fixed", 1],
  ["lava_loihi_fixed", "loihi", 1],
];

interface Recorded {
  readonly input: readonly number[];
  readonly v: readonly number[];
  readonly spikes: readonly number[];
}

const recorded = (path: string): Recorded => {
  const rows = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number));
  const column = (c: number) => rows.map((row) => item(row, c));
  return { input: column(0), v: column(1), spikes: column(2) };
};

const neuron = native.leakyIntegrateAndFire(one(2.5e-3), { threshold: one(0.1) });

const simulated = (profile: ProfileName, input: readonly number[]) => {
  const lowered = lower(single(neuron), { profile, dt: 1e-4, resolution: 250 });
  const id = idOf(lowered, "layer");
  const events = input.flatMap((x, step) => (x > 0 ? [{ step, element: 0 }] : []));
  const probes = [
    { population: id, quantity: "v" as const },
    { population: id, quantity: "sent" as const },
  ];
  const run = openStreams(lowered.network, { probes }).run(
    new Map([["input", eventStream([1], input.length, events)]]),
  );
  return { v: [...run.trace(id, "v").data], spikes: [...run.trace(id, "sent").data], counters: run.counters };
};

for (const [file, profile, scale] of cases) {
  const path = sharedData(`nir/lif_${file}.csv`);
  test.skipIf(path === null)(`${profile} gives the voltages and spikes of lif_${file}.csv`, () => {
    if (path === null) return;
    const wanted = recorded(path);
    const { v, spikes } = simulated(profile, wanted.input);
    expect(spikes.map((s) => (s > 0 ? 1 : 0))).toEqual(wanted.spikes.map((s) => (s > 0 ? 1 : 0)));
    if (profile === "lava-fixed" || profile === "loihi") {
      // The chip shows its refractory counter, 128, where it has just fired.
      const marked = profile === "loihi" ? v.map((x, t) => (item(spikes, t) > 0 ? 128 : x)) : v;
      expect(marked).toEqual(wanted.v);
      return;
    }
    const greatest = Math.max(...wanted.v);
    const errors = v.map((x, t) => Math.abs(x * scale - item(wanted.v, t)) / greatest);
    expect(Math.max(...errors)).toBeLessThan(5e-7);
  });
}

/** Spikes of the closed form: a current of 1 for one step leaves 1 - e^(-dt / tau), and between inputs v falls as e^(-t / tau). */
const closedForm = (
  input: readonly number[],
  dt: number,
  tau: number,
  threshold: number,
): readonly number[] => {
  const spikes: number[] = [];
  let [v, last] = [0, 0];
  input.forEach((x, step) => {
    if (x === 0) return;
    v = v * Math.exp((-(step - last) * dt) / tau) + 1 - Math.exp(-dt / tau);
    last = step;
    if (v <= threshold) return;
    spikes.push(step);
    v = 0;
  });
  return spikes;
};

test("the exact profile fires in the steps of the event-driven solution", () => {
  const path = sharedData("nir/lif_norse.csv");
  if (path === null) return;
  const { input } = recorded(path);
  const { spikes } = simulated("exact", input);
  const fired = spikes.flatMap((s, t) => (s > 0 ? [t] : []));
  expect(fired).toEqual(closedForm(input, 1e-4, 2.5e-3, 0.1));
  expect(fired).toEqual([460, 510, 710, 760]);
});
