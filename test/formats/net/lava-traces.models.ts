import { expect, test } from "vitest";
import { importNet, type NetOptions } from "../../../compiler/formats/net/index.ts";
import { item, type PopulationId, type SpikingNetwork } from "../../../compiler/ir/index.ts";
import { type LoweredNative, lowerNative } from "../../../compiler/native/index.ts";
import { readFileBounded } from "../../../runtime/files/index.ts";
import { denseStream, openStreams, type Quantity, type StreamRun } from "../../../runtime/spiking/index.ts";
import { sharedData } from "../../shared-data.ts";
import { behindFirst, between, mismatches, type Steps, stepsFirst, still } from "./traces.ts";

const at = (path: string): string => sharedData(`lava/${path}`) ?? "";
const there = (path: string): boolean => sharedData(`lava/${path}`) !== null;

interface Ran {
  readonly run: StreamRun;
  readonly id: (layer: number) => PopulationId;
}

/** The layers up to one: a run of the first layers need not know the others. */
const until = (network: SpikingNetwork, last: PopulationId): SpikingNetwork => {
  const end = network.populations.findIndex((p) => p.id === last);
  const populations = network.populations.slice(0, end + 1);
  const kept = new Set(populations.map((p) => p.id));
  return {
    ...network,
    populations,
    projections: network.projections.filter((q) => kept.has(q.from) && kept.has(q.to)),
    outputs: network.outputs.filter((o) => kept.has(o.from)),
  };
};

/** Runs a file on a stream and keeps `quantities` of layers `from` to `to`. */
const ran = (
  path: string,
  stream: Steps,
  options: NetOptions,
  { interval, steps = item(stream.shape, 0) }: { readonly interval: number | null; readonly steps?: number },
  [from, to]: readonly [number, number],
  quantities: readonly Quantity[],
  skip: readonly number[] = [],
): Ran => {
  const { network } = importNet(readFileBounded(at(path)), at(path), options);
  const lowered: LoweredNative = lowerNative(network, { profile: "loihi", dt: null, reset: null, interval });
  const id = (layer: number): PopulationId => {
    const found = lowered.populations.get(`layer${layer}`);
    if (found === undefined) throw new Error(`layer ${layer} is no population`);
    return found;
  };
  const layers = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((l) => !skip.includes(l));
  const probes = layers.flatMap((l) => quantities.map((quantity) => ({ population: id(l), quantity })));
  const runner = openStreams(until(lowered.network, id(to)), { probes });
  return { run: runner.run(new Map([["input", denseStream(stream)]]), steps), id };
};

const pilotnet = [
  [1, "conv-0"],
  [2, "conv-1"],
  [3, "conv-2"],
  [4, "conv-3"],
  [5, "conv-4"],
  [7, "fc-0"],
  [8, "fc-1"],
  [9, "fc-2"],
] as const;

/** Differences of u, v and spikes of every layer with the chip's. */
const pilotnetDifferences = ({ run, id }: Ran): readonly (readonly [string, readonly number[]])[] =>
  pilotnet.map(([layer, name]) => {
    const theirs = (suffix: string): Float64Array => stepsFirst(at(`pilotnet_lif/${name}${suffix}.npy`)).data;
    const sent = run.trace(id(layer), "sent").data;
    const spikes = mismatches(sent, theirs(""));
    if (name === "conv-0") return [name, [spikes]];
    // The chip shows its refractory counter, 128, where it has just fired.
    const marked = run.trace(id(layer), "v").data.map((v, i) => (item(sent, i) === 1 ? 128 : v));
    return [
      name,
      [mismatches(run.trace(id(layer), "u").data, theirs("-u")), mismatches(marked, theirs("-v")), spikes],
    ];
  });

const none = pilotnet.map(([, name]) => [name, name === "conv-0" ? [0] : [0, 0, 0]]);

test.skipIf(!there("pilotnet_lif/network.net"))(
  "PilotNet on Loihi: currents, voltages and spikes of conv-1 to fc-2 are those of the chip",
  () => {
    const spikes = stepsFirst(at("pilotnet_lif/input.npy"));
    // The chip resets its states every 17 steps, layer by layer.
    const result = ran(
      "pilotnet_lif/network.net",
      spikes,
      { encode: false },
      { interval: 17 },
      [1, 9],
      ["u", "v", "sent"],
      [6],
    );
    expect(pilotnetDifferences(result)).toEqual(none);
  },
  180_000,
);

test.skipIf(!there("pilotnet_lif/network.net"))(
  "PilotNet on Loihi from the image: the input layer spikes as on the chip, a step later",
  () => {
    const image = still(at("pilotnet_lif/image.npy"), 7);
    const { run, id } = ran("pilotnet_lif/network.net", image, {}, { interval: 17 }, [0, 0], ["sent"]);
    const spikes = between(stepsFirst(at("pilotnet_lif/input.npy")), 0, 6);
    expect(mismatches(between(run.trace(id(0), "sent"), 1, 7), spikes)).toBe(0);
    expect(spikes.reduce((a, b) => a + b, 0)).toBeGreaterThan(1000);
  },
  180_000,
);

test.skipIf(!there("tinynet/tiny.net"))(
  "tinynet: currents and spikes of both layers are those of the trace",
  () => {
    // Every layer begins, with its bias, when the first input reaches it: its sample starts a step a layer later.
    const input = behindFirst(at("tinynet/input.npy"));
    const options = { interval: 32, steps: 17 };
    const { run, id } = ran("tinynet/tiny.net", input, { encode: false }, options, [1, 2], ["u", "sent"]);
    const current = between(run.trace(id(1), "u"), 1, 16).map((u) => u / 64);
    expect(mismatches(current, behindFirst(at("tinynet/current.npy")).data)).toBe(0);
    expect(
      mismatches(between(run.trace(id(1), "sent"), 1, 16), behindFirst(at("tinynet/layer1.npy")).data),
    ).toBe(0);
    expect(
      mismatches(between(run.trace(id(2), "sent"), 2, 17), behindFirst(at("tinynet/output.npy")).data),
    ).toBe(0);
    expect(run.outputs.get("output")?.data.reduce((a, b) => a + b, 0)).toBeGreaterThan(90);
  },
);

test.skipIf(!there("tinynet/tiny.net"))(
  "tinynet from its image: the input layer spikes as in the trace",
  () => {
    const image = still(at("tinynet/input_bias.npy"), 18);
    const { run, id } = ran("tinynet/tiny.net", image, {}, { interval: 32 }, [0, 2], ["sent"]);
    expect(
      mismatches(between(run.trace(id(0), "sent"), 1, 16), behindFirst(at("tinynet/input.npy")).data),
    ).toBe(0);
    expect(
      mismatches(between(run.trace(id(2), "sent"), 3, 18), behindFirst(at("tinynet/output.npy")).data),
    ).toBe(0);
  },
);

const sums = (path: string): Steps => stepsFirst(at(`pilotnet_sdnn/${path}.npy`));

test.skipIf(!there("pilotnet_sdnn/network.net"))(
  "PilotNet of sigma-delta neurons: the sums of layers and the output are those of the trace",
  () => {
    const file = "pilotnet_sdnn/network.net";
    const { run, id } = ran(file, sums("act0"), { encode: false }, { interval: null }, [1, 9], ["u"], [5]);
    expect(mismatches(run.trace(id(1), "u").data, sums("sigma1").data)).toBe(0);
    expect(mismatches(run.trace(id(2), "u").data, sums("sigma2").data)).toBe(0);
    expect(mismatches(between(run.trace(id(9), "u"), 0, 9), sums("output").data)).toBe(0);
    expect(run.outputs.get("output")?.data).toEqual(run.trace(id(9), "u").data.slice(-1));
  },
  180_000,
);

test.skipIf(!there("pilotnet_sdnn/network.net"))(
  "PilotNet of sigma-delta neurons from the image: the input layer sends what the trace has, a step later",
  () => {
    const image = still(at("pilotnet_sdnn/input.npy"), 11);
    const file = "pilotnet_sdnn/network.net";
    const { run, id } = ran(file, image, {}, { interval: null }, [0, 9], ["u", "sent"], [5]);
    const sent = between(run.trace(id(0), "sent"), 1, 11);
    expect(mismatches(sent, between(sums("act0"), 0, 10))).toBe(0);
    expect(run.trace(id(9), "u").data.at(9)).toBe(sums("output").data.at(8));
  },
  180_000,
);

test.skipIf(!there("pilotnet_sdnn/square_network.net"))(
  "a square part of that network: the sums of all four layers are those of the trace",
  () => {
    const whole = sums("act0");
    const [steps = 0, channels = 0, rows = 0, columns = 0] = whole.shape;
    const side = 33;
    const data = Float64Array.from({ length: steps * channels * side * side }, (_, i) => {
      const [x, y, c] = [i % side, Math.floor(i / side) % side, Math.floor(i / side ** 2)];
      return item(whole.data, (c * rows + y) * columns + x);
    });
    const part = { shape: [steps, channels, side, side], data };
    const file = "pilotnet_sdnn/square_network.net";
    const { run, id } = ran(file, part, { encode: false }, { interval: null }, [1, 4], ["u"]);
    for (const layer of [1, 2, 3, 4])
      expect(mismatches(run.trace(id(layer), "u").data, sums(`sigma${layer}_square`).data)).toBe(0);
  },
  180_000,
);
