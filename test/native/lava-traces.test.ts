import { expect, test } from "vitest";
import { item, type Numbers, type Shape } from "../../compiler/ir/index.ts";
import { lowerNative, native } from "../../compiler/native/index.ts";
import { readFileBounded, readNpy } from "../../runtime/files/index.ts";
import { denseStream, openStreams, type Quantity } from "../../runtime/spiking/index.ts";
import { sharedData } from "../shared-data.ts";
import { mismatches, nodesOf, stepsFirst } from "./lava-files.ts";

const net = sharedData("lava/pilotnet_lif/network.net");
const file = (name: string): string => sharedData(`lava/pilotnet_lif/${name}.npy`) ?? "";

const layers = [
  [1, "conv-0"],
  [2, "conv-1"],
  [3, "conv-2"],
  [4, "conv-3"],
  [5, "conv-4"],
  [7, "fc-0"],
  [8, "fc-1"],
  [9, "fc-2"],
] as const;

test.skipIf(net === null)(
  "PilotNet on Loihi: currents, voltages and spikes of conv-1 to fc-2 are those of the chip",
  () => {
    if (net === null) return;
    const names = layers.map(([, name]) => name);
    const network = native.nativeNetwork(
      "pilotnet",
      [
        native.node("input", native.input([3, 66, 200])),
        ...nodesOf(net, layers),
        native.node("output", native.output()),
      ],
      native.path("input", ...names.flatMap((name) => [`${name}.map`, name]), "output"),
    );
    // The chip resets its states every 17 steps, layer by layer.
    const lowered = lowerNative(network, { profile: "loihi", dt: null, reset: null, interval: 17 });
    const idOf = (name: string) => lowered.populations.get(name) ?? item(lowered.network.populations, 0).id;
    const quantities: readonly Quantity[] = ["u", "v", "sent"];
    const probes = names.flatMap((name) =>
      quantities.map((quantity) => ({ population: idOf(name), quantity })),
    );
    const input = stepsFirst(file("input"));
    const run = openStreams(lowered.network, { probes }).run(new Map([["input", denseStream(input)]]));
    const compared = names.map((name): readonly [string, readonly number[]] => {
      const sent = run.trace(idOf(name), "sent").data;
      const spikes = mismatches(sent, stepsFirst(file(name)).data);
      if (name === "conv-0") return [name, [spikes]];
      const u = mismatches(run.trace(idOf(name), "u").data, stepsFirst(file(`${name}-u`)).data);
      // The chip shows its refractory counter, 128, where it has just fired.
      const marked = run.trace(idOf(name), "v").data.map((v, i) => (item(sent, i) === 1 ? 128 : v));
      return [name, [u, mismatches(marked, stepsFirst(file(`${name}-v`)).data), spikes]];
    });
    expect(compared).toEqual(names.map((name) => [name, name === "conv-0" ? [0] : [0, 0, 0]]));
  },
  60_000,
);

/** Steps 1..15 of an array [1, channel, y, x, step]: nothing comes in at step 0, and the trace begins behind it. */
const behindFirst = (path: string): { readonly shape: Shape; readonly data: Float64Array } => {
  const { shape, data } = readNpy(readFileBounded(path), path);
  const steps = item(shape, 4);
  const size = data.length / steps;
  const moved = Float64Array.from({ length: (steps - 1) * size }, (_, i) =>
    item(data, (i % size) * steps + 1 + Math.floor(i / size)),
  );
  return { shape: [steps - 1, ...shape.slice(1, 4)], data: moved };
};

const tiny = sharedData("lava/tinynet/tiny.net");

test.skipIf(tiny === null)("tinynet: currents and spikes of both layers are those of the trace", () => {
  if (tiny === null) return;
  const of = (name: string) => behindFirst(sharedData(`lava/tinynet/${name}.npy`) ?? "");
  const network = native.nativeNetwork(
    "tinynet",
    [
      native.node("input", native.input([3, 16, 16])),
      ...nodesOf(tiny, [
        [1, "first"],
        [2, "second"],
      ]),
      native.node("output", native.output()),
    ],
    native.path("input", "first.map", "first", "second.map", "second", "output"),
  );
  // Every layer begins, with its bias, when the first input reaches it: its sample starts a step a layer later.
  const lowered = lowerNative(network, { profile: "loihi", dt: null, reset: null, interval: 32 });
  const [first, second] = ["first", "second"].map((name) => {
    const id = lowered.populations.get(name);
    if (id === undefined) throw new Error(`${name} is no population`);
    return id;
  });
  if (first === undefined || second === undefined) return;
  const probes = [
    { population: first, quantity: "u" as const },
    { population: first, quantity: "sent" as const },
    { population: second, quantity: "sent" as const },
  ];
  const run = openStreams(lowered.network, { probes }).run(
    new Map([["input", denseStream(of("input"))]]),
    17,
  );
  const after = (trace: Numbers, steps: number): Float64Array => {
    const size = trace.data.length / 17;
    return trace.data.slice(steps * size, (steps + 15) * size);
  };
  const current = after(run.trace(first, "u"), 1).map((u) => u / 64);
  expect(mismatches(current, of("current").data)).toBe(0);
  expect(mismatches(after(run.trace(first, "sent"), 1), of("layer1").data)).toBe(0);
  expect(mismatches(after(run.trace(second, "sent"), 2), of("output").data)).toBe(0);
  expect(run.outputs.get("output")?.data.reduce((a, b) => a + b, 0)).toBeGreaterThan(90);
});
