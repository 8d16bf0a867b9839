import fc from "fast-check";
import { expect, test } from "vitest";
import {
  graphFromJson,
  graphToJson,
  weightBinary,
  weightSource,
} from "../../../compiler/formats/graph/index.ts";
import {
  type Dialect,
  type Graph,
  integerLevel,
  type Level,
  print,
  tensorLevel,
} from "../../../compiler/ir/index.ts";
import { integerGraphs, tensorGraphs } from "../../../compiler/testing/index.ts";

const roundTrip = <D extends Dialect>(level: Level<D>, graph: Graph<D>): Graph<D> => {
  const binary = weightBinary();
  const json = graphToJson(level, graph, binary.labels);
  return graphFromJson(
    level,
    JSON.parse(JSON.stringify(json)),
    weightSource(binary.entries(), binary.bytes()),
  );
};

test("integer and tensor graphs come back from JSON and a binary with the same text", () => {
  fc.assert(
    fc.property(integerGraphs(), tensorGraphs(), (integer, tensor) => {
      expect(print(integerLevel, roundTrip(integerLevel, integer))).toBe(print(integerLevel, integer));
      expect(print(tensorLevel, roundTrip(tensorLevel, tensor))).toBe(print(tensorLevel, tensor));
    }),
    { numRuns: 100, seed: 5 },
  );
});

test("a weight that lies outside the binary is refused", () => {
  const [entry] = (() => {
    const binary = weightBinary();
    fc.sample(integerGraphs(), { numRuns: 1, seed: 2 }).forEach((g) => {
      graphToJson(integerLevel, g, binary.labels);
    });
    return binary.entries();
  })();
  if (entry === undefined) throw new Error("the sample has no weight");
  expect(() => weightSource([entry], new Uint8Array(0))).toThrow(RangeError);
  expect(() => weightSource([{ ...entry, offset: -8 }], new Uint8Array(64))).toThrow(RangeError);
});
