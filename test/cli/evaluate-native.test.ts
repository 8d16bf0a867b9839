import { expect, test } from "vitest";
import { simulator } from "../../backends/simulator/index.ts";
import { evaluateNative, portOfNetwork } from "../../compiler/cli/evaluate-native.ts";
import { type MachineProgram, numbers } from "../../compiler/ir/index.ts";
import { native, type StreamRead } from "../../compiler/native/index.ts";
import { compileNative } from "../../compiler/pipeline/index.ts";
import { denseStream } from "../../runtime/spiking/index.ts";
import { list, matrix } from "../native/support.ts";

/** Two inputs, two neurons that each read both. */
const programOf = (threshold: number, read: StreamRead): MachineProgram => {
  const { nativeNetwork, node, input, affine, leakyIntegrateAndFire, output, path } = native;
  const weight = matrix([
    [4, 4],
    [4, 4],
  ]);
  const neurons = leakyIntegrateAndFire(list(2e-3, 2e-3), { threshold: list(threshold, threshold) });
  const layers = [node("input", input([2])), node("w", affine(weight)), node("n", neurons)];
  const network = nativeNetwork(
    "net",
    [...layers, node("output", output(read))],
    path("input", "w", "n", "output"),
  );
  const { targets } = compileNative({
    name: "net",
    sha256: "",
    network,
    backends: [simulator],
    preparation: { scale: 1, offset: 0 },
    options: { profile: "euler", dt: 1e-3, reset: "hard", steps: null },
  });
  const program = targets[0]?.program;
  if (program === undefined) throw new Error("nothing was built");
  return program;
};

/** The program with the synapses of its last neuron gone. */
const damaged = (program: MachineProgram): MachineProgram => ({
  ...program,
  lists: program.lists.map((l) => {
    const mantissa = l.mantissa.slice();
    l.slot.forEach((slot, i) => {
      if (slot === Math.max(...l.slot)) mantissa[i] = 0;
    });
    return { ...l, mantissa };
  }),
});

const equalityOf = (program: MachineProgram) => {
  const port = portOfNetwork(program.network);
  const stream = denseStream(numbers([5, 2], Float64Array.from([1, 0, 0, 1, 1, 1, 0, 0, 1, 0])));
  const data = { size: 2, sample: () => ({ stream, label: null }) };
  const options = { machine: true, meter: null, progress: () => undefined, clock: () => 0 };
  const { equality } = evaluateNative({ target: "simulator", program }, port, data, options).run;
  return [equality.mismatchedSamples, equality.mismatchedNeurons];
};

test("a neuron that the program on cores makes spike otherwise is counted once a sample", () => {
  const program = programOf(1, "spikes");
  expect(equalityOf(program)).toEqual([0, 0]);
  expect(equalityOf(damaged(program))).toEqual([2, 2]);
});

test("potentials that are read where nothing spikes are compared too", () => {
  const program = programOf(1000, "greatest");
  expect(equalityOf(program)).toEqual([0, 0]);
  expect(equalityOf(damaged(program))).toEqual([2, 2]);
});
