import { expect, test } from "vitest";
import { orFaults } from "../../compiler/diagnostics/index.ts";
import {
  conv,
  floats,
  item,
  numbers,
  parseNetlist,
  printNetlist,
  network as schemaOf,
  valuesOf,
  windows,
} from "../../compiler/ir/index.ts";
import {
  lowerNative,
  type NativeNetwork,
  type NativeOptions,
  native,
  nativeShapes,
} from "../../compiler/native/index.ts";
import { denseStream, encodeStreams, eventStream, openStreams } from "../../runtime/spiking/index.ts";
import { idOf, list, lower, matrix, one, populationOf, single } from "./support.ts";

const { node, edge, path, nativeNetwork } = native;

/** Codes of everything that was said, or of the refusal. */
const said = (network: NativeNetwork, options: Partial<NativeOptions> = {}): readonly string[] =>
  orFaults(() => lower(network, options).notes).map((d) => d.code);

const lif = (tau: number) => native.leakyIntegrateAndFire(one(tau), { threshold: one(1), reset: "hard" });

test("linear nodes on one path become one map, and their constants a bias", () => {
  const weight = floats(
    "k",
    [1, 2, 2, 2],
    Float64Array.from({ length: 8 }, (_, i) => i - 3),
  );
  const network = nativeNetwork(
    "folded",
    [
      node("input", native.input([2, 4, 4])),
      node("pool", native.sumPool([2, 2], { strides: [2, 2] })),
      node("conv", native.conv(weight, { bias: list(5) })),
      node("flat", native.flatten()),
      node("fc", native.affine(matrix([[2], [-1]]), list(1, 0))),
      node("neuron", native.integrateAndFire({ threshold: one(1), reset: "hard" })),
      node("output", native.output()),
    ],
    path("input", "pool", "conv", "flat", "fc", "neuron", "output"),
  );
  const { network: lowered, populations } = lower(network);
  expect([...populations.keys()]).toEqual(["input", "neuron"]);
  expect(lowered.projections).toHaveLength(1);
  const { map } = item(lowered.projections, 0);
  expect(map.kind === "chain" ? map.maps.map((m) => m.kind) : map.kind).toEqual([
    "windows",
    "conv",
    "view",
    "dense",
  ]);
  expect(map.from).toEqual(windows([2, 4, 4], [2, 2], { strides: [2, 2] }).from);
  expect(conv([2, 2, 2], weight).to).toEqual([1, 1, 1]);
  const { bias } = item(lowered.populations, 1);
  expect(bias === null ? null : [...valuesOf(bias)]).toEqual([11, -5]);
});

test("a linear node that several read becomes a relay, which takes no step", () => {
  const network = nativeNetwork(
    "shared",
    [
      node("input", native.input([1])),
      node("scale", native.scale(one(3))),
      node("a", native.integrator({ r: one(1000) })),
      node("b", native.integrator({ r: one(2000) })),
      node("to a", native.output()),
      node("to b", native.output()),
    ],
    [...path("input", "scale", "a", "to a"), ...path("scale", "b", "to b")],
  );
  const lowered = lower(network);
  expect(populationOf(lowered, "scale").model).toEqual({ kind: "relay" });
  const { outputs } = openStreams(lowered.network).run(
    new Map([["input", eventStream([1], 1, [{ step: 0, element: 0 }])]]),
  );
  expect([...outputs].map(([name, { data }]) => [name, data[0]])).toEqual([
    ["to a", 3],
    ["to b", 6],
  ]);
});

test("equal edges count as often as they stand, and edges into an output add up", () => {
  const network = nativeNetwork(
    "sums",
    [node("x", native.input([1])), node("y", native.input([1])), node("out", native.output("spikes"))],
    [edge("x", "out"), edge("x", "out"), edge("y", "out")],
  );
  const at = (step: number) => eventStream([1], 3, [{ step, element: 0 }]);
  const { outputs } = openStreams(lower(network).network).run(
    new Map([
      ["x", at(0)],
      ["y", at(2)],
    ]),
  );
  expect(outputs.get("out")?.data).toEqual(Float64Array.of(3));
});

const recurrent = nativeNetwork(
  "recurrent",
  [
    node("input", native.input([1])),
    node("a", native.threshold(one(0.5))),
    node("w", native.affine(matrix([[1]]))),
    node("output", native.output()),
  ],
  [...path("input", "a", "output"), ...path("a", "w", "a")],
);

test("a cycle in which nothing takes a step gets one, with a note; a delay in it is kept", () => {
  const lowered = lower(recurrent);
  expect(lowered.notes.map((d) => d.code)).toEqual(["native/feedback-delay"]);
  expect(lowered.network.projections.map((q) => [q.from, q.to, q.delay])).toEqual([
    ["input", "a", 0],
    ["a", "a", 1],
  ]);
  const once = new Map([["input", eventStream([1], 5, [{ step: 1, element: 0 }])]]);
  expect(openStreams(lowered.network).run(once).outputs.get("output")?.data).toEqual(Float64Array.of(4));
  // Where every message takes a step by itself, the cycle has one.
  const chip = lower(recurrent, { profile: "lava-float" });
  expect(chip.notes).toEqual([]);
  expect(chip.network.projections.map((q) => q.delay)).toEqual([0, 0]);
});

test("delays of single sources are kept apart", () => {
  const network = nativeNetwork(
    "delays",
    [
      node("input", native.input([2])),
      node("delay", native.delay(list(1e-3, 3e-3))),
      node("a", native.threshold(one(0))),
      node("output", native.output("firstSpike")),
    ],
    path("input", "delay", "a", "output"),
  );
  const lowered = lower(network);
  const delays = item(lowered.network.projections, 0).delays;
  expect(delays === null ? null : [...delays.stored()]).toEqual([1, 3]);
  const both = [0, 1].map((element) => ({ step: 1, element }));
  const { outputs } = openStreams(lowered.network).run(new Map([["input", eventStream([2], 6, both)]]));
  expect(outputs.get("output")?.data).toEqual(Float64Array.of(2, 4));
});

test("potentials are read last, greatest and mean; a relay may be read too", () => {
  const read = (how: "last" | "mean" | "greatest") => {
    const network = nativeNetwork(
      "reads",
      [
        node("input", native.input([1])),
        node("li", native.leakyIntegrator(one(2e-3))),
        node("out", native.output(how)),
      ],
      path("input", "li", "out"),
    );
    const stream = denseStream({ shape: [4, 1], data: Float64Array.of(0, 8, 0, 0) });
    return openStreams(lower(network).network)
      .run(new Map([["input", stream]]))
      .outputs.get("out")?.data[0];
  };
  // v: 0, 4, 2, 1
  expect([read("last"), read("mean"), read("greatest")]).toEqual([1, 1.75, 4]);
});

test("what is left open is taken from the profile, with a note, or asked for", () => {
  const open = single(native.leakyIntegrateAndFire(one(0.02), { threshold: one(1) }));
  expect(said(open, { profile: "norse", dt: null })).toEqual(["native/dt-assumed", "native/reset-assumed"]);
  expect(said(open, { dt: null })).toEqual(["native/dt-missing", "native/reset-assumed"]);
  expect(said(open, { reset: "soft" })).toEqual([]);
  expect(lower(open, { profile: "sinabs" }).network.schedule).toMatchObject({
    seconds: 1e-3,
    rule: "exponential",
  });
  // A network without seconds needs no step.
  expect(said(recurrent, { dt: null })).toEqual(["native/feedback-delay"]);
});

test("a flatten joins the axes that it names, and axes that are not there are refused", () => {
  const shaped = (start: number, end: number) =>
    nativeNetwork(
      "flat",
      [
        node("input", native.input([2, 3, 4])),
        node("flat", native.flatten(start, end)),
        node("output", native.output()),
      ],
      path("input", "flat", "output"),
    );
  const shapeOf = (start: number, end: number) => [...nativeShapes(shaped(start, end)).values()][1]?.to;
  expect([shapeOf(0, -1), shapeOf(1, -1), shapeOf(0, 1), shapeOf(1, 1)]).toEqual([
    [24],
    [2, 12],
    [6, 4],
    [2, 3, 4],
  ]);
  for (const [start, end] of [
    [2, 1],
    [0, 3],
    [-4, -1],
  ] as const)
    expect(said(shaped(start, end))).toEqual(["native/shape-mismatch"]);
});

test("norse adds what comes in to a neuron without leak whatever the step, and starts at the rest", () => {
  const model = (op: ReturnType<typeof lif>) => {
    const { model: found } = populationOf(lower(single(op), { profile: "norse", reset: "hard" }), "layer");
    if (found.kind !== "membrane") throw new Error("no membrane");
    return found;
  };
  const plain = model(native.integrateAndFire({ threshold: one(1) }));
  expect(plain.drive === null ? null : [...valuesOf(plain.drive)]).toEqual([1]);
  const rested = model(native.leakyIntegrateAndFire(one(0.002), { threshold: one(1), vLeak: one(0.25) }));
  expect(rested.start === null ? null : [...valuesOf(rested.start)]).toEqual([0.25]);
});

test("a step that is longer than a time constant is refused by the euler rule alone", () => {
  expect(said(single(lif(0.5e-3)))).toEqual(["native/step-too-long"]);
  expect(said(single(lif(0.5e-3)), { profile: "exact" })).toEqual([]);
  // tau as a 32-bit float is a little below the step
  expect(said(single(lif(Math.fround(0.001) * (1 - 1e-8))))).toEqual([]);
});

test("a delay must be a whole number of steps, and a run must be able to hold it", () => {
  const wait = (seconds: number) => single(native.delay(one(seconds)));
  expect(said(wait(2.5e-3))).toEqual(["native/not-whole-steps"]);
  expect(said(wait(-1e-3))).toEqual(["native/negative-delay"]);
  expect(said(wait(1000))).toEqual(["native/delay-too-long"]);
  expect(said(wait(Math.fround(3e-3)))).toEqual([]);
  expect(
    said(
      single(
        native.leakyIntegrateAndFire(one(0.02), { threshold: one(1), reset: "hard", refractory: 1.5e-3 }),
      ),
    ),
  ).toEqual(["native/not-whole-steps"]);
});

test("faults of names, edges, shapes and parameters are all named at once", () => {
  const broken = nativeNetwork(
    "broken",
    [node("a", native.input([1])), node("a", native.join()), node("out", native.output())],
    [edge("a", "out"), edge("ghost", "out")],
  );
  expect(said(broken)).toEqual(["native/name-twice", "native/edge-end-missing"]);
  const loose = nativeNetwork(
    "loose",
    [node("a", native.input([1])), node("b", native.join()), node("c", native.output())],
    [edge("b", "a")],
  );
  expect(said(loose)).toEqual(["native/input-fed", "native/no-source", "native/no-source"]);
  const unknown = nativeNetwork(
    "unknown",
    [node("a", native.join()), node("b", native.join())],
    [edge("a", "b"), edge("b", "a")],
  );
  expect(said(unknown)).toEqual(["native/shape-unknown", "native/shape-unknown"]);
  const misfit = single(native.affine(matrix([[1, 2, 3]])), 2);
  expect(said(misfit)).toEqual(["native/shape-mismatch"]);
  const wrong = single(
    native.leakyIntegrateAndFire(list(0.01, -1), { threshold: list(1, 2, 3), reset: "hard", shape: [2] }),
    2,
  );
  expect(said(wrong)).toEqual(["native/parameter-range", "native/parameter-size"]);
});

test("integers of a chip are chosen as fine as its weights allow, and its voltages are read in units of the network", () => {
  const network = nativeNetwork(
    "chip",
    [
      node("input", native.input([2])),
      node("fc", native.affine(matrix([[0.5, -0.25]]))),
      node("li", native.leakyIntegrator(one(0.004))),
      node("output", native.output("greatest")),
    ],
    path("input", "fc", "li", "output"),
  );
  const lowered = lower(network, { profile: "lava-fixed" });
  const { map } = item(lowered.network.projections, 0);
  // The drive is 1 / 4: weights of 0.125 and -0.0625 become 255 and -127.5 units, rounded.
  expect(map.kind === "dense" ? [...valuesOf(map.weight)] : null).toEqual([255, -127]);
  const stream = eventStream([2], 3, [{ step: 0, element: 0 }]);
  const { outputs } = openStreams(lowered.network).run(new Map([["input", stream]]));
  const [scale = 0] = item(lowered.network.outputs, 0).scale;
  expect((outputs.get("output")?.data[0] ?? 0) * scale).toBeCloseTo(0.125, 12);
});

test("fractions that no weight takes up, and integer cells in real arithmetic, are refused", () => {
  const relayed = nativeNetwork(
    "relayed",
    [node("input", native.input([1])), node("half", native.scale(one(0.5))), node("out", native.output())],
    path("input", "half", "out"),
  );
  expect(said(relayed, { profile: "lava-fixed" })).toEqual(["native/integers-needed"]);
  const cells = single(
    native.cell({ kind: "sigmaDelta", threshold: one(1), rectify: true, shift: 0 }, { payload: true }),
  );
  expect(said(cells)).toEqual(["native/cells-need-chip"]);
  expect(said(cells, { profile: "loihi", dt: null })).toEqual([]);
});

test("an output reads the last potential of relays and read-outs, and counts what all others send", () => {
  const reads = (...networks: readonly NativeNetwork[]) =>
    networks.map((n) => lower(n, { profile: "loihi", dt: null }).network.outputs[0]?.read);
  const delta = { kind: "sigmaDelta", threshold: one(1), rectify: true, shift: 0 } as const;
  expect(reads(single(native.cell(delta, { payload: true })))).toEqual(["spikes"]);
  const leaky = single(native.leakyIntegrator(one(0.01)));
  expect(lower(leaky).network.outputs[0]?.read).toBe("potential");
});

test("a lowered network reads back from its text", () => {
  const lowered = lower(recurrent);
  const text = printNetlist("spiking", schemaOf, lowered.network);
  expect(printNetlist("spiking", schemaOf, parseNetlist("spiking", schemaOf, text))).toBe(text);
});

test("lowering the same network twice gives the same network", () => {
  const print = () =>
    printNetlist(
      "spiking",
      schemaOf,
      lowerNative(recurrent, { profile: "sinabs", dt: 1e-3, reset: null }).network,
    );
  expect(print()).toBe(print());
  expect(idOf(lower(recurrent), "a")).toBe("a");
});

test("an input with a code takes values, one without takes a stream", () => {
  const network = nativeNetwork(
    "coded",
    [
      node("image", native.input([2], { kind: "current", time: 3e-3 })),
      node("stream", native.input([2])),
      node("output", native.output("spikes")),
    ],
    [edge("image", "output"), edge("stream", "output")],
  );
  const { network: lowered } = lower(network);
  const streams = encodeStreams(
    lowered,
    new Map([
      ["image", numbers([2], Float64Array.of(0.5, 1))],
      ["stream", numbers([1, 2], Float64Array.of(0, 4))],
    ]),
  );
  expect(openStreams(lowered).run(streams).outputs.get("output")?.data).toEqual(Float64Array.of(1.5, 7));
});
