import { expect, test } from "vitest";
import { Rejected } from "../../compiler/diagnostics/index.ts";
import { conv, integers, item, type MachineProgram } from "../../compiler/ir/index.ts";
import { mapNetwork } from "../../compiler/map/index.ts";
import { clocked, identity, input, ones, population, projection } from "./handmade.ts";
import { machineWith } from "./machines.ts";

/** `a[0] a[1] ...` by slot. */
const slotsOf = ({ cores }: MachineProgram, core: number): string =>
  item(cores, core)
    .blocks.flatMap(({ population: id, range, slot, stride }) =>
      Array.from({ length: range[1] - range[0] }, (_, i) => ({
        at: slot + i * stride,
        seat: `${id}[${range[0] + i}]`,
      })),
    )
    .sort((a, b) => a.at - b.at)
    .map(({ seat }) => seat)
    .join(" ");

const twoLanes = clocked(
  [input("x", [2, 1, 2]), population("q.lane0", [2, 1, 2], 1), population("q.lane1", [2, 1, 2], 2)],
  [
    projection("x", "q.lane0", identity([2, 1, 2])),
    projection("x", "q.lane1", identity([2, 1, 2]), 1, 1),
    projection("q.lane0", "q.lane1", identity([2, 1, 2]), -2),
  ],
  { q: [2, 1] },
);

test("slots run through positions, then channels, then lanes", () => {
  const { program } = mapNetwork(twoLanes, machineWith({}));
  expect(program.cores.length).toBe(1);
  expect(slotsOf(program, 0)).toBe(
    "q.lane0[0] q.lane1[0] q.lane0[2] q.lane1[2] q.lane0[1] q.lane1[1] q.lane0[3] q.lane1[3]",
  );
});

test("the lanes of a neuron stay on one core", () => {
  const { program } = mapNetwork(twoLanes, machineWith({ neurons: 3 }));
  expect(program.cores.map((_, c) => slotsOf(program, c))).toEqual([
    "q.lane0[0] q.lane1[0]",
    "q.lane0[2] q.lane1[2]",
    "q.lane0[1] q.lane1[1]",
    "q.lane0[3] q.lane1[3]",
  ]);
});

test("a core that begins inside a position lists its channels from there", () => {
  const { program } = mapNetwork(twoLanes, machineWith({ neurons: 6 }));
  expect(program.cores.map((_, c) => slotsOf(program, c))).toEqual([
    "q.lane0[0] q.lane1[0]",
    "q.lane0[2] q.lane1[2] q.lane0[1] q.lane1[1] q.lane0[3] q.lane1[3]",
  ]);
});

const chain = clocked(
  [input("x", [4]), population("a", [5], 1), population("b", [5], 2), population("y", [5], 3)],
  [projection("x", "a", ones(4, 5)), projection("a", "b", ones(5, 5)), projection("b", "y", ones(5, 5))],
);

test("layers share a core where they fit", () => {
  const { program, report } = mapNetwork(chain, machineWith({ neurons: 8 }));
  expect(program.cores.map((_, c) => slotsOf(program, c))).toEqual([
    "a[0] a[1] a[2] a[3] a[4] b[0] b[1]",
    "b[2] b[3] b[4] y[0] y[1] y[2] y[3] y[4]",
  ]);
  expect(report).toMatchObject({
    cores: 2,
    coresBound: 2,
    bindingLimit: "neurons",
    neurons: 15,
    synapses: 70,
  });
  expect([...report.coresByLayer]).toEqual([
    ["x", 0],
    ["a", 1],
    ["b", 2],
    ["y", 1],
  ]);
});

test("everything that fits one core has no binding limit", () => {
  expect(mapNetwork(chain, machineWith({ neurons: 15 })).report.bindingLimit).toBeNull();
});

test("receivers on another chip cost what the target says", () => {
  // One neuron a core, eight cores a chip: 15 cores, the first chip takes seven.
  const { program } = mapNetwork(chain, machineWith({ neurons: 1 }));
  expect(program.cores.map((c) => c.chip)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
  const outputs = program.cores.map(({ uses }) => uses.find((u) => u.resource === "output axons")?.amount);
  // a: two of b on the same chip, three on the next; b[0], b[1]: five of y on the next.
  expect(outputs).toEqual([8, 8, 8, 8, 8, 10, 10, 5, 5, 5, 0, 0, 0, 0, 0]);
});

test("fewer output axons spread a layer over more cores", () => {
  const wide = mapNetwork(chain, machineWith({ neurons: 5, "output axons": 9 }));
  const narrow = mapNetwork(chain, machineWith({ neurons: 5, "output axons": 4 }));
  expect(wide.report.cores).toBe(3);
  expect(narrow.report.cores).toBeGreaterThan(3);
  expect(narrow.report.bindingLimit).toBe("output axons");
});

test("cores of a chip stand in a line that turns at the edges", () => {
  const { program } = mapNetwork(chain, machineWith({ neurons: 1 }));
  expect(program.cores.slice(7).map(({ router, port }) => [...router, port])).toEqual([
    [0, 0, 0],
    [0, 0, 1],
    [1, 0, 0],
    [1, 0, 1],
    [1, 1, 0],
    [1, 1, 1],
    [0, 1, 0],
    [0, 1, 1],
  ]);
});

test("a source that fires before the lanes it feeds is placed after them, whatever its place in the network", () => {
  // `late` feeds lane 1 of q, which begins before it: its readers are still counted by core, not one by one.
  const network = clocked(
    [
      input("x", [1]),
      population("q.lane0", [30], 1),
      population("q.lane1", [30], 3),
      population("late", [1], 2),
    ],
    [
      projection("x", "q.lane0", ones(1, 30)),
      projection("x", "late", identity([1]), 1, 1),
      projection("late", "q.lane1", ones(1, 30)),
    ],
    { q: [2, 1] },
  );
  const { report } = mapNetwork(network, machineWith({ neurons: 20, "output axons": 8 }));
  expect(report.cores).toBe(4);
});

test("relays fill what closing cores have left", () => {
  // Each h hears four inputs of its own, each relay one; a core hears nine sources.
  const quarters = integers("quarters", [6, 1, 4], new Float64Array(24).fill(1));
  const network = clocked(
    [
      input("x", [6, 4]),
      input("z", [3]),
      population("h", [6, 1], 1),
      population("relay", [3], 1),
      population("y", [1], 2),
    ],
    [
      projection("x", "h", conv([6, 4], quarters, { groups: 6 })),
      projection("z", "relay", identity([3])),
      projection("relay", "y", ones(3, 1)),
    ],
  );
  const { program } = mapNetwork(network, machineWith({ "input axons": 9 }));
  expect(program.cores.map((_, c) => slotsOf(program, c))).toEqual([
    "h[0]",
    "h[1] h[2]",
    "relay[0] h[3] h[4]",
    "relay[1] relay[2] h[5] y[0]",
  ]);
});

test("all layers whose neurons fit no core are named at once, with what they need", () => {
  try {
    mapNetwork(chain, machineWith({ "input axons": 4, neurons: 3 }));
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    expect(error.diagnostics.map((d) => [d.code, d.where.node, d.why])).toEqual([
      [
        "map/neuron-too-large",
        "b",
        "element 4, with its lanes (1), needs 5 of input axons, a core has 4: 1.3 times too much",
      ],
      [
        "map/neuron-too-large",
        "y",
        "element 4, with its lanes (1), needs 5 of input axons, a core has 4: 1.3 times too much",
      ],
    ]);
  }
});

test("a limit that nothing counts is a fault of the target", () => {
  expect(() => mapNetwork(chain, machineWith({ dendrites: 3 }))).toThrow("limits dendrites");
});

test("recurrent networks are placed too", () => {
  const recurrent = clocked(
    [input("x", [2]), population("h", [6], 1)],
    [projection("x", "h", ones(2, 6)), projection("h", "h", ones(6, 6))],
  );
  const { program, report } = mapNetwork(recurrent, machineWith({ neurons: 2 }));
  expect(report.cores).toBe(3);
  expect(program.lists.map((l) => l.slot.length)).toEqual([16, 16, 16]);
});

test("weights go into the least exponent that holds them", () => {
  const network = clocked(
    [input("x", [1]), population("a", [1], 1), population("b", [1], 1)],
    [projection("x", "a", identity([1]), 6), projection("x", "b", identity([1]), 3 * 2 ** 9)],
  );
  const { program } = mapNetwork(
    network,
    machineWith({}, { low: -256, high: 254, step: 2, exponents: [0, 13] }),
  );
  const { formats } = item(program.cores, 0);
  const { mantissa, kind } = item(program.lists, 0);
  expect([...mantissa].map((m, s) => [m, item(formats, item(kind, s)).exponent])).toEqual([
    [6, 0],
    [192, 3],
  ]);
});

test("a weight that is off the grid is refused as a fault of ours", () => {
  const odd = clocked([input("x", [1]), population("a", [1], 1)], [projection("x", "a", identity([1]), 3)]);
  expect(() =>
    mapNetwork(odd, machineWith({}, { low: -256, high: 254, step: 2, exponents: [0, 13] })),
  ).toThrow("off the grid");
});
