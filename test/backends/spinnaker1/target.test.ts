import { expect, test } from "vitest";
import { boardTopology, chipsOf, ethernetChips } from "../../../backends/spinnaker1/board.ts";
import { synapseCost } from "../../../backends/spinnaker1/limits.ts";
import { spinnaker1 } from "../../../backends/spinnaker1/target.ts";
import { Rejected } from "../../../compiler/diagnostics/index.ts";

const sizeFor = (cores: number): readonly number[] => {
  const topology = boardTopology(cores);
  return topology.kind === "hexagonal" ? topology.size : [];
};

test("machines grow from one board by triads", () => {
  expect(sizeFor(1)).toEqual([8, 8]);
  expect(sizeFor(720)).toEqual([8, 8]);
  expect(sizeFor(721)).toEqual([16, 16]);
  expect(sizeFor(3 * 720)).toEqual([16, 16]);
  expect(sizeFor(3 * 720 + 1)).toEqual([28, 16]);
  expect(sizeFor(5 * 3 * 720)).toEqual([40, 28]);
});

test("a board has the cores of the tools' own virtual board", () => {
  const chips = chipsOf([8, 8]);
  expect(chips.length).toBe(48);
  // SpiNNMachine, version_5.py: 856 cores, 8 chips with 17.
  expect(chips.reduce((n, c) => n + c.cores, 0)).toBe(856);
  expect(chips.filter((c) => c.cores === 17).length).toBe(8);
});

test("every core that a machine counts exists on it", () => {
  for (const cores of [1, 720, 721, 5000]) {
    const topology = boardTopology(cores);
    if (topology.kind !== "hexagonal") throw new Error("hexagonal");
    const [width, height] = topology.size;
    const chips = chipsOf([width, height]);
    expect(new Set(chips.map((c) => c.chip.join())).size).toBe(chips.length);
    expect(chips.length).toBe(ethernetChips([width, height]).length * 48);
    expect(width * height - topology.absent.length).toBe(chips.length);
    expect(chips.length * topology.coresPerRouter).toBeGreaterThanOrEqual(cores);
    for (const { chip } of chips) {
      expect(chip[0]).toBeLessThan(width);
      expect(chip[1]).toBeLessThan(height);
    }
  }
});

test("what no machine can hold is refused with both numbers", () => {
  const most = 21 * 21 * 3 * 720;
  expect(sizeFor(most)).toEqual([256, 256]);
  expect(() => boardTopology(most + 1)).toThrow(Rejected);
  try {
    boardTopology(most + 1);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    expect(error.diagnostics[0]?.why).toBe(
      `it needs ${most + 1} cores, machines of up to 256 x 256 chips have ${most}`,
    );
  }
});

test("no sum within the limit reaches the threshold of a read-out", () => {
  const limit = spinnaker1.cell?.signedSumLimit ?? { unknown: "", source: "" };
  expect("value" in limit && limit.value < (spinnaker1.cell?.silent ?? 0)).toBe(true);
});

test("a whole number of hops fits the longest delay", () => {
  const { cell } = spinnaker1;
  const most = cell !== null && "value" in cell.maxDelay ? cell.maxDelay.value : 0;
  // A spike that is sent at t acts at t + 1 + delay; sPyNNaker calls delay + 1 the delay.
  expect(most + 1).toBe(31);
  expect(
    synapseCost.layout([{ exponent: 0, delay: most, weightBits: 0, delayBits: 0, indexBits: 0 }], 256),
  ).toEqual([{ exponent: 0, delay: most, weightBits: 16, delayBits: 5, indexBits: 8 }]);
});
