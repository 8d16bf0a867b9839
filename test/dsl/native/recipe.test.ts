import { expect, test } from "vitest";
import { codes, elaborate, messages } from "../support.ts";

const program = (data: string, steps: string, input = "spikes[2, 34, 34]", start = ""): string => `${data}
network n(camera: ${input}) -> y: [10] {
  step 1 ms
  weights kaiming(seed: 1)
  y = camera${start} -> flatten -> dense(10) -> LIF(tau: 5 ms, reset: soft) -> read.count
}

compile n for loihi1 {
  ${steps}
}
`;

const recordings = 'data d: spikes[2, 34, 34] = events("test100/", format: nmnist, labels: "test100.txt")';

test("recordings of events are described with their folder, and fit a network that reads spikes", () => {
  const { data, recipes } = elaborate(
    program(recordings, "evaluate(d, samples: 10)\n  require accuracy >= 98%"),
  );
  expect(data).toHaveLength(1);
  expect(data[0]).toMatchObject({
    name: "d",
    shape: [2, 34, 34],
    kind: "spikes",
    source: { kind: "events", file: "test100", format: "nmnist", labels: "test100.txt" },
  });
  expect(recipes[0]?.steps).toHaveLength(1);
  expect(recipes[0]?.requirements).toHaveLength(1);
});

test("data and network must agree on kind and shape", () => {
  const values = 'data d: [2, 34, 34] = npy("d.npy")';
  expect(messages(program(values, "evaluate(d)"))).toContain(
    "`d` holds [2, 34, 34], `n` reads signal[2, 34, 34]",
  );
  expect(codes(program(recordings, "evaluate(d)", "[2, 34, 34]", " -> encode.current(time: 9 ms)"))).toEqual([
    "data/shape",
  ]);
  expect(codes(program(values, "evaluate(d)", "[2, 34, 34]", " -> encode.current(time: 9 ms)"))).toEqual([]);
  expect(codes(program(recordings.replace("34, 34", "32, 32"), "evaluate(d)"))).toEqual(["data/shape"]);
});

test("events are declared as spikes and left as they are", () => {
  expect(codes(program(recordings.replace("spikes", "signal"), "evaluate(d)"))).toContain("data/events");
  expect(codes(program(`${recordings} / 255`, "evaluate(d)"))).toContain("data/events");
  expect(codes(program(recordings.replace("nmnist", "aedat"), "evaluate(d)"))).toEqual(["option/type"]);
  expect(codes(program(recordings.replace("test100/", "../test100"), "evaluate(d)"))).toEqual([
    "file/outside",
  ]);
  expect(codes(program(`${recordings} -> take(5)`, "evaluate(d)"))).toEqual([]);
});

test("steps that do nothing for neurons are refused, none is left out in silence", () => {
  expect(codes(program(recordings, "convert(exact.spatial)"))).toEqual(["recipe/native"]);
  expect(codes(program(recordings, "quantize(weights: 8 bits)"))).toEqual([]);
  expect(codes(program(recordings, "quantize(weights: 8 bits, activations: 7 levels)"))).toEqual([
    "language/later",
  ]);
  expect(codes(program(recordings, "fold(keep: 50%)"))).toEqual(["language/later"]);
});
