import { expect, test } from "vitest";
import type { DataSet } from "../../compiler/pass/index.ts";
import { fewerSamples, spreadSamples } from "../../compiler/quantize/samples.ts";

const data: DataSet = { hash: "", size: 1000, sample: (index) => ({ inputs: new Map(), label: index }) };

const labels = (samples: ReturnType<typeof spreadSamples>): readonly (number | null)[] =>
  Array.from({ length: samples.count }, (_, i) => samples.at(i).label);

test("samples come from all over a data set, so that one sorted by class is no trap", () => {
  expect(labels(spreadSamples(data, 4))).toEqual([0, 250, 500, 750]);
  expect(labels(spreadSamples(data, 3))).toEqual([0, 333, 666]);
  expect(labels(fewerSamples(spreadSamples(data, 10), 2))).toEqual([0, 500]);
});

test("a small data set is taken whole", () => {
  expect(spreadSamples({ ...data, size: 3 }, 512).count).toBe(3);
  expect(labels(spreadSamples({ ...data, size: 3 }, 512))).toEqual([0, 1, 2]);
});
