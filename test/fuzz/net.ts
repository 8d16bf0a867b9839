import { importNet } from "../../compiler/formats/net/index.ts";
import { spikingInvariants, violationsOf } from "../../compiler/ir/index.ts";
import { lowerNative } from "../../compiler/native/index.ts";
import { cuba, netBytes, pattern, sdnn } from "../formats/net/write-net.ts";
import { demandValid, type Fuzzer, type Outcome, outcomeOf } from "./fuzzer.ts";
import { hdf5Mutants } from "./hdf5/fuzzer.ts";

export const netSeeds = (): readonly Uint8Array[] => [
  netBytes([
    { type: "input", shape: [3, 4, 4], weight: 36, bias: 34, neuron: cuba() },
    {
      type: "conv",
      shape: [2, 4, 4],
      weight: pattern([2, 3, 3, 3, 1]),
      bias: [1, 2],
      stride: [1, 1],
      padding: [1, 1],
      dilation: [1, 1],
      groups: 1,
      neuron: cuba(),
    },
    { type: "pool", shape: [2, 2, 2], weight: pattern([1, 1, 2, 2]), stride: [2, 2], neuron: cuba() },
    { type: "flatten", shape: [8, 1, 1] },
    {
      type: "dense",
      shape: [4],
      weight: pattern([4, 8]),
      bias: [1, 2, 3, 4],
      delay: [0, 1, 2, 3],
      neuron: cuba(),
    },
    { type: "average", shape: [2] },
  ]),
  netBytes([
    { type: "input", shape: [5], neuron: sdnn() },
    {
      type: "dense",
      shape: [3],
      weight: pattern([3, 5]),
      bias: [1, 2, 3],
      neuron: sdnn({ vThMant: [1, 2, 3] }),
    },
    { type: "dense", shape: [2], weight: pattern([2, 3]), neuron: sdnn({ sigma_output: 1 }) },
  ]),
  netBytes([
    { type: "input", shape: [2] },
    { type: "dense_rec", shape: [2], weight: pattern([2, 2]), weight_rec: pattern([2, 2]), neuron: cuba() },
    { type: "dense", shape: [2], weight: [1, 2, 3, 4] },
  ]),
];

/** Reads a file and builds its spiking network. */
export const readNetFile = (bytes: Uint8Array): Outcome =>
  outcomeOf(() => {
    const { network } = importNet(bytes, "case.net");
    const lowered = lowerNative(network, { profile: "loihi", dt: null, reset: null });
    demandValid("the network", violationsOf(spikingInvariants, lowered.network));
  });

export const netFuzzer = (): Fuzzer => ({ name: "net", mutant: hdf5Mutants(netSeeds), read: readNetFile });
