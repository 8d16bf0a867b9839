import { expect, test } from "vitest";
import { item } from "../../compiler/ir/index.ts";
import { lowerNative, native } from "../../compiler/native/index.ts";
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
