import { expect, test } from "vitest";
import {
  type MachineProgram,
  numbers,
  populationId,
  readOf,
  type SpikingNetwork,
} from "../../../compiler/ir/index.ts";
import { mapNetwork } from "../../../compiler/map/index.ts";
import {
  carrierOf,
  costsOf,
  type Measure,
  openMeter,
  type Profile,
  reportCycles,
} from "../../../runtime/cycle/index.ts";
import { runSpikingLevels } from "../../../runtime/spiking/index.ts";
import { clocked, identity, ones, population, projection } from "../../map/handmade.ts";
import { machineWith } from "../../map/machines.ts";

const known = (value: number, source = "a test"): Measure => ({ value, unit: "piece", source });

const pipeline: Profile = {
  "axon in": known(10),
  synapse: known(3),
  dendrite: known(4),
  soma: known(2),
  "axon out": known(7),
  barrier: known(100),
};

/**
 * x (4 lanes of 1, on the host) -> a (3 neurons) -> b (2 neurons). One step each: x fires at 0, a at 1, b at 2.
 */
const network: SpikingNetwork = {
  ...clocked(
    [
      {
        ...population("x.lane0", [4], 0),
        model: { kind: "input", low: 0, high: 1, scale: [1], round: "floor" },
      },
      population("a", [3], 1),
      population("b", [2], 2),
    ],
    [projection("x.lane0", "a", ones(4, 3)), projection("a", "b", ones(3, 2))],
  ),
  spellings: [
    {
      value: populationId.of("x.lane0"),
      shape: [4],
      lanes: [{ population: populationId.of("x.lane0"), gain: 1, step: 0 }],
    },
  ],
  outputs: [readOf({ name: "b", from: populationId.of("b"), read: "potential" })],
};

const programFor = (neurons: number): MachineProgram => mapNetwork(network, machineWith({ neurons })).program;

const measured = (program: MachineProgram, profile: Profile, spikes: readonly number[]) => {
  const costs = costsOf(profile);
  const meter = openMeter(program, costs);
  const levels = new Map([["x.lane0", numbers([4], Float64Array.from(spikes))]]);
  const run = runSpikingLevels(program.network, levels, { carrier: carrierOf(program, meter) });
  return reportCycles(program, meter.finish(run.counters.steps), costs);
};

test("a step costs the slower stage of each half, and the barrier", () => {
  // One core with 5 neurons. Step 0: 2 messages, 6 synapses. Step 1: a fires, 3 messages to 1 core, 6 synapses.
  // Step 2: b fires, nobody listens.
  const { cycles, steps } = measured(programFor(5), pipeline, [1, 1, 0, 0]);
  expect(steps).toBe(3);
  const first = Math.max(2 * 10, 6 * 3, 6 * 4) + Math.max(5 * 2, 0);
  const second = Math.max(3 * 10, 6 * 3, 6 * 4) + Math.max(5 * 2, 3 * 7);
  const third = 5 * 2;
  expect(cycles).toBe(first + second + third + 3 * 100);
});

test("a step takes as long as its slowest core", () => {
  // Core 0 holds a[0] and a[1], core 1 a[2] and b.
  const { cycles, busiestCore } = measured(programFor(3), pipeline, [1, 1, 0, 0]);
  const first = Math.max(Math.max(2 * 10, 4 * 4) + 2 * 2, Math.max(2 * 10, 2 * 4) + 3 * 2);
  const second = Math.max(Math.max(2 * 2, 2 * 7), Math.max(3 * 10, 6 * 4) + Math.max(3 * 2, 1 * 7));
  expect(cycles).toBe(first + second + 3 * 2 + 3 * 100);
  expect(busiestCore).toBe(1);
});

test("a stage without a number takes a cycle", () => {
  expect(measured(programFor(5), {}, [1, 1, 0, 0]).cycles).toBe(6 + 5 + 1 + (6 + 5 + 1) + (5 + 1));
});

const energies: Profile = {
  "synapse energy": known(1000, "book: table"),
  "neuron active energy": known(100, "book: table"),
  "neuron idle energy": known(10),
  "spike energy": known(1),
  "hop east-west energy": known(0.5),
  "hop north-south energy": known(0.25),
};

test("energy is what events cost; neurons that nothing reaches are idle", () => {
  const { energyPicojoule: e } = measured(programFor(5), energies, [1, 0, 0, 0]);
  // Synapses 3 + 6. Active: a at step 1, b at step 2. Idle: the rest of 3 steps with 5 neurons.
  expect(e).toMatchObject({ synapse: 9000, neuron: 5 * 100 + 10 * 10, static: 0, kind: "modelled" });
  // Packets: 1 from the host, 3 within the core; no links.
  expect(e.network).toBe(4);
  expect(e.total).toBe(e.synapse + e.neuron + e.network);
  expect(e.source).toContain("book");
});

test("a profile without energies or times gives figures that are unknown", () => {
  const { energyPicojoule, seconds } = measured(programFor(5), pipeline, [1, 0, 0, 0]);
  expect(energyPicojoule.kind).toBe("unknown");
  expect(seconds).toMatchObject({ value: null, kind: "unknown" });
});

test("seconds are the slowest core's events one after the other, and a barrier a step", () => {
  const times: Profile = {
    "synapse time": known(3),
    "neuron active time": known(8),
    "neuron idle time": known(5),
    "barrier time": known(400),
    "axon in time": known(16),
  };
  const { seconds } = measured(programFor(3), times, [1, 1, 0, 0]);
  const first = Math.max(2 * 16 + 4 * 3 + 2 * 5, 2 * 16 + 2 * 3 + 3 * 5);
  const second = Math.max(2 * 8, 3 * 16 + 6 * 3 + 8 + 2 * 5);
  const third = Math.max(2 * 5, 5 + 2 * 8);
  expect(seconds.value).toBeCloseTo((first + second + third + 1200) / 1e9, 15);
});

test("packets travel along x, then y; borders of chips are counted apart", () => {
  // One neuron a core: five cores on one chip of 2 x 2 routers with 2 cores each: a on (0,0) (0,0) (1,0), b on (1,0) (1,1).
  const near = measured(programFor(1), {}, [1, 0, 0, 0]).traffic;
  expect(near.packets).toBe(3 + 6);
  // Host to a: 0, 0, 1 links. a[0], a[1] to b: 1 + 2 each; a[2]: 0 + 1.
  expect(near).toMatchObject({
    unicastHops: 1 + 3 + 3 + 1,
    hopsEastWest: 1 + 4,
    hopsNorthSouth: 3,
    chipCrossings: 0,
  });
  expect(near.multicastHops).toBeNull();
  expect(near.peakLink).toBe(5);
});

test("a packet to the next chip crosses its border", () => {
  const program = programFor(1);
  const apart = {
    ...program,
    cores: program.cores.map((c, i) => (i < 3 ? c : { ...c, chip: 1, router: [0, 0] as const })),
  };
  // From (0,0) and (1,0) of chip 0 to (0,0) of chip 1, which is column 2.
  const { traffic } = measured(apart, {}, [1, 0, 0, 0]);
  expect(traffic).toMatchObject({ chipCrossings: 6, hopsEastWest: 1 + 4, hopsNorthSouth: 0 });
});

test("counts of several runs add up", () => {
  const program = programFor(3);
  const costs = costsOf({ ...pipeline, ...energies });
  const meter = openMeter(program, costs);
  const levels = new Map([["x.lane0", numbers([4], Float64Array.of(1, 1, 0, 0))]]);
  const carrier = carrierOf(program, meter);
  for (let n = 0; n < 3; n++) runSpikingLevels(program.network, levels, { carrier });
  const thrice = reportCycles(program, meter.finish(), costs);
  const once = measured(program, { ...pipeline, ...energies }, [1, 1, 0, 0]);
  expect(thrice.cycles).toBe(3 * once.cycles);
  expect(thrice.energyPicojoule.neuron).toBe(3 * once.energyPicojoule.neuron);
  expect(thrice.traffic.packets).toBe(3 * once.traffic.packets);
});

test("in phases only the populations of a phase are updated", () => {
  const phased: SpikingNetwork = {
    ...clocked([], []),
    schedule: { kind: "phases", lengths: [1, 2, 1] },
    populations: [
      {
        ...population("x", [1], 0),
        model: { kind: "input", low: 0, high: 3, scale: [1], round: "floor" },
        code: { kind: "phased", gains: [1], limit: 3, across: "time" },
      },
      { ...population("y", [1], 2), model: { kind: "sum" } },
    ],
    projections: [projection("x", "y", identity([1]))],
    outputs: [readOf({ name: "y", from: populationId.of("y"), read: "sum" })],
  };
  const { program } = mapNetwork(phased, machineWith({}));
  const costs = costsOf({ soma: known(5), barrier: known(0) });
  const meter = openMeter(program, costs);
  const levels = new Map([["x", numbers([1], Float64Array.of(2))]]);
  const run = runSpikingLevels(phased, levels, { carrier: carrierOf(program, meter) });
  const { steps, cycles } = meter.finish();
  expect(steps).toBe(run.counters.steps);
  // One message with one synapse in phase 0, nothing in phase 1, y in phase 2.
  expect(cycles).toBe(1 + 0 + 0 + 5);
});
