import { expect, test } from "vitest";
import { importNet, type NetOptions } from "../../../compiler/formats/net/index.ts";
import { item, type Shape } from "../../../compiler/ir/index.ts";
import { lowerNative } from "../../../compiler/native/index.ts";
import { denseStream, openStreams, type Quantity, type StreamRun } from "../../../runtime/spiking/index.ts";
import { codesOf, faultsOf } from "../../rejected.ts";
import { cuba, type Field, group, type Layer, netBytes, numbersLeaf, pattern, sdnn } from "./write-net.ts";

const read = (layers: readonly Layer[], options: NetOptions = {}) =>
  importNet(netBytes(layers), "made.net", options);

/** [steps, ...shape] of small numbers. */
const given = (steps: number, shape: Shape, most: number) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float64Array.from({ length: steps * size }, (_, i) => ((i * 5 + 2) % (most * 3)) % (most + 1));
  return { shape: [steps, ...shape], data };
};

const run = (
  layers: readonly Layer[],
  stream: ReturnType<typeof given>,
  layer: number,
  quantity: Quantity = "sent",
): { readonly data: Float64Array; readonly run: StreamRun } => {
  const lowered = lowerNative(read(layers).network, { profile: "loihi", dt: null, reset: null });
  const population = lowered.populations.get(`layer${layer}`);
  if (population === undefined) throw new Error(`no layer ${layer}`);
  const runner = openStreams(lowered.network, { probes: [{ population, quantity }] });
  const ran = runner.run(new Map([["input", denseStream(stream)]]));
  return { data: ran.trace(population, quantity).data, run: ran };
};

const input = (...shape: readonly number[]): Layer => ({ type: "input", shape });

const dense = (inputs: number, outputs: number, fields: Layer = {}): Layer => ({
  type: "dense",
  shape: [outputs],
  weight: pattern([outputs, inputs]),
  neuron: cuba(),
  ...fields,
});

const conv = (fields: Layer = {}): Layer => ({
  type: "conv",
  shape: [2, 4, 4],
  weight: pattern([2, 3, 3, 3, 1]),
  stride: [1, 1],
  padding: [1, 1],
  dilation: [1, 1],
  groups: 1,
  neuron: cuba(),
  ...fields,
});

const pool = (fields: Layer = {}): Layer => ({
  type: "pool",
  shape: [2, 2, 2],
  weight: numbersLeaf([1, 1, 2, 2], [2, 2, 2, 2]),
  stride: [2, 2],
  padding: [0, 0],
  dilation: [1, 1],
  neuron: cuba(),
  ...fields,
});

const flatten: Layer = { type: "flatten", shape: [8, 1, 1] };
const whole = [
  input(3, 4, 4),
  conv(),
  pool(),
  flatten,
  dense(8, 4),
  { type: "average", shape: [2] },
] as const;

test("every type of layer is read, and an average counts the spikes of its group", () => {
  const stream = given(20, [3, 4, 4], 1);
  const { data, run: ran } = run(whole, stream, 4);
  const counts = [0, 0, 0, 0].map((_, n) => data.reduce((sum, s, i) => (i % 4 === n ? sum + s : sum), 0));
  expect(Math.max(...counts)).toBeGreaterThan(0);
  const [a = 0, b = 0, c = 0, d = 0] = counts;
  // The last spikes are still on their way to the sum.
  const last = data.slice(-4);
  expect([...(ran.outputs.get("output")?.data ?? [])]).toEqual([
    a + b - item(last, 0) - item(last, 1),
    c + d - item(last, 2) - item(last, 3),
  ]);
});

test("a pool is a convolution of each channel with the one kernel", () => {
  const stream = given(12, [2, 4, 4], 1);
  const one = run([input(2, 4, 4), pool()], stream, 1).data;
  const weight = numbersLeaf(
    [2, 1, 2, 2],
    Array.from({ length: 8 }, () => 2),
  );
  const other = run([input(2, 4, 4), { ...pool(), type: "conv", groups: 2, weight }], stream, 1).data;
  expect(one).toEqual(other);
  expect(one.reduce((a, b) => a + b, 0)).toBeGreaterThan(10);
});

/** What a layer of 3 neurons gets in every step, by its own sum: weight [3, 2], steps of each synapse. */
const arrivals = (
  delays: readonly (readonly number[])[],
  stream: ReturnType<typeof given>,
): readonly number[] => {
  const weights = item([pattern([3, 2]).values], 0);
  if (weights.kind !== "numbers") throw new Error("no numbers");
  return Array.from({ length: item(stream.shape, 0) * 3 }, (_, i) => {
    const [step, row] = [Math.floor(i / 3), i % 3];
    return [0, 1].reduce((sum, column) => {
      const at = step - 1 - (delays[row]?.[column] ?? 0);
      const sent = at < 0 ? 0 : (stream.data[at * 2 + column] ?? 0);
      return sum + sent * (weights.data[row * 2 + column] ?? 0) * 64;
    }, 0);
  });
};

test.each<readonly [string, Field, readonly (readonly number[])[]]>([
  [
    "one for all",
    3,
    [
      [3, 3],
      [3, 3],
      [3, 3],
    ],
  ],
  [
    "one an output",
    [0, 4, 1],
    [
      [0, 0],
      [4, 4],
      [1, 1],
    ],
  ],
  [
    "one an input",
    [2, 5],
    [
      [2, 5],
      [2, 5],
      [2, 5],
    ],
  ],
  [
    "one a synapse",
    numbersLeaf([3, 2], [0, 1, 2, 3, 4, 62]),
    [
      [0, 1],
      [2, 3],
      [4, 62],
    ],
  ],
])("delays: %s", (_, delay, each) => {
  const stream = given(80, [2], 1);
  const neuron = cuba({ vThMant: 100_000 });
  const { data } = run([input(2), dense(2, 3, { delay, neuron })], stream, 1, "u");
  expect([...data]).toEqual(arrivals(each, stream));
});

test("a recurrent layer hears itself a step later", () => {
  const loop: Layer = {
    ...dense(1, 2, { weight: numbersLeaf([2, 1], [8, 0]), weight_rec: numbersLeaf([2, 2], [0, 0, 4, 0]) }),
    type: "dense_rec",
  };
  const one = { shape: [4, 1], data: Float64Array.of(1, 0, 0, 0) };
  expect([...run([input(1), loop], one, 1).data]).toEqual([0, 0, 1, 0, 0, 1, 0, 0]);
});

test("parameters of each neuron are kept apart", () => {
  const neuron = cuba({ vThMant: [2, 200, 2], iDecay: [4096, 4096, 0], vDecay: [4096, 4096, 4096] });
  const weight = numbersLeaf([3, 1], [3, 3, 1]);
  const ones = { shape: [6, 1], data: new Float64Array(6).fill(1) };
  const { data } = run([input(1), dense(1, 3, { weight, neuron })], ones, 1);
  const of = (n: number): readonly number[] => [...data].filter((_, i) => i % 3 === n);
  expect([of(0), of(1), of(2)]).toEqual([
    [0, 1, 1, 1, 1, 1],
    [0, 0, 0, 0, 0, 0],
    [0, 0, 0, 1, 1, 1],
  ]);
});

test("weights of a list are taken row by row, and missing neurons never fire", () => {
  const weight = [1, 2, 3, 4];
  const silent: Layer = { type: "dense", shape: [2, 1, 1], weight };
  const stream = { shape: [3, 2], data: Float64Array.of(1, 0, 0, 1, 0, 0) };
  expect([...run([input(2), silent], stream, 1, "u").data]).toEqual([0, 0, 64, 192, 192, 448]);
  expect(run([input(2), silent], given(50, [2], 1), 1).data.every((s) => s === 0)).toBe(true);
});

test("a sigma layer at the end reads what it has added up", () => {
  const layers = [
    { type: "input", shape: [2], neuron: sdnn() },
    dense(2, 3, { weight: pattern([3, 2]), neuron: sdnn() }),
    dense(3, 1, { weight: pattern([1, 3]), neuron: sdnn({ sigma_output: 1 }) }),
  ];
  const { data, run: ran } = run(layers, given(9, [2], 60), 2, "u");
  expect(ran.outputs.get("output")?.data.at(0)).toBe(data.at(-1));
  expect(new Set(data).size).toBeGreaterThan(3);
});

test("notes say which fields are passed over, what drives the input, and what an average is", () => {
  const driven: Layer = { type: "input", shape: [2], weight: 40, bias: 36, neuron: cuba() };
  const layers = [driven, dense(2, 4, { neuron: cuba({ refDelay: 3 }) }), { type: "average", shape: [2] }];
  const said = read(layers).notes;
  expect(said.map((d) => [d.code, d.severity, d.why])).toEqual([
    ["net/field-unused", "note", "it is 3, and NetX of Lava does not read it either"],
    ["net/input-values", "note", "layer 0 says 40 x + 36 for a value x of a sample"],
    ["net/average-sum", "note", "an average over 2 neurons is a fraction, and the chip counts in integers"],
  ]);
  expect(read(layers, { encode: false }).notes).toHaveLength(2);
});

/** Messages as layer (from the place) and what they say. */
const said = (layers: readonly Layer[]): readonly string[] =>
  faultsOf(() => read(layers)).map((d) => `${d.code}: ${d.what}: ${d.why}`);

test.each<readonly [string, readonly Layer[], readonly string[]]>([
  [
    "types that NetX does not have",
    [input(2), { type: "convT", shape: [2] }, { type: "yolo", shape: [2] }],
    [
      "net/layer-type: layer 1 is of a type that is not read: its type is convT; transposed convolutions have no form in NetX",
      "net/layer-type: layer 2 is of a type that is not read: its type is yolo; read are input, dense, dense_rec, conv, pool, flatten and average",
    ],
  ],
  [
    "neurons that have no rule here",
    [input(2), dense(2, 2, { neuron: group({ type: "RF_PHASE", sinDecay: 1 }) })],
    [
      "net/neuron-type: layer 1 has neurons of a type that is not read: its neuron/type is RF_PHASE; read are CUBA, LOIHI and SDNN",
    ],
  ],
  [
    "fractions, values out of range, and fields that are not there, all at once",
    [
      input(2),
      dense(2, 2, { weight: numbersLeaf([2, 2], [1, 2, 0.5, 4]), bias: [1e6, 0] }),
      dense(2, 2, { neuron: group({ type: "CUBA", iDecay: 4097, vThMant: 3 }) }),
      { type: "dense", shape: [1] },
    ],
    [
      "net/bad-field: weight of layer 1 cannot be used: value 2 is 0.5",
      "net/bad-field: bias of layer 1 cannot be used: value 0 is 1000000",
      "net/bad-field: neuron/iDecay of layer 2 cannot be used: value 0 is 4097",
      "net/missing-field: layer 2 lacks neuron/vDecay: a layer of type dense needs it",
      "net/missing-field: layer 3 lacks weight: a layer of type dense needs it",
    ],
  ],
  [
    "delays that fit nothing, are too long, or are read by nobody",
    [input(3, 4, 4), conv({ delay: [1, 2] })],
    ["net/bad-field: delay of layer 1 cannot be used: SLAYER trains with it, NetX of Lava runs without it"],
  ],
  [
    "a delay that no synapse can wait",
    [input(2), dense(2, 2, { delay: 63 })],
    ["net/bad-field: delay of layer 1 cannot be used: value 0 is 63"],
  ],
  [
    "delays of another size",
    [input(2), dense(2, 3, { delay: [1, 2, 3, 4] })],
    ["net/bad-field: delay of layer 1 cannot be used: its shape is [4]"],
  ],
  [
    "graded spikes and other activations",
    [
      input(2),
      dense(2, 2, { neuron: cuba({ gradedSpike: 1 }) }),
      dense(2, 2, { neuron: sdnn({ activation: "tanh" }) }),
    ],
    [
      "net/bad-field: neuron/gradedSpike of layer 1 cannot be used: it is set: NetX of Lava sends plain spikes here",
      "net/bad-field: neuron/activation of layer 2 cannot be used: it is tanh: NetX of Lava knows no other than relu",
    ],
  ],
  [
    "a stated shape that the kernel does not make",
    [input(3, 4, 4), conv({ shape: [2, 5, 4] })],
    ["net/bad-field: shape of layer 1 cannot be used: it is [2, 5, 4], the kernel makes [2, 4, 4]"],
  ],
  [
    "a convolution over a list, and over other channels",
    [input(3, 4, 4), conv(), conv()],
    [
      "net/layer-place: layer 2 cannot stand where it is: it reads 3 channels of rows and columns, [2, 4, 4] comes in",
    ],
  ],
  [
    "a dense layer without a flatten before it",
    [input(3, 4, 4), dense(48, 2)],
    ["net/layer-place: layer 1 cannot stand where it is: it reads a list, and [3, 4, 4] comes in"],
  ],
  [
    "sizes that do not meet",
    [input(5), dense(4, 2)],
    ["net/layer-place: layer 1 cannot stand where it is: it reads 4 values, 5 come in"],
  ],
  [
    "an average in the middle, a sigma layer in the middle, an input in the middle",
    [input(2), dense(2, 2, { neuron: sdnn({ sigma_output: 1 }) }), { type: "average", shape: [2] }, input(2)],
    [
      "net/layer-place: layer 1 cannot stand where it is: its neurons only sum, and other layers follow",
      "net/layer-place: layer 2 cannot stand where it is: other layers read its fractions",
      "net/layer-place: layer 3 cannot stand where it is: it is of type input",
    ],
  ],
  [
    "per-neuron parameters of another count",
    [input(2), dense(2, 3, { neuron: cuba({ vThMant: [1, 2] }), bias: [1, 2] })],
    [
      "net/bad-field: neuron/vThMant of layer 1 cannot be used: it has 2 entries for 3 neurons",
      "net/bad-field: bias of layer 1 cannot be used: it has 2 entries for 3 neurons",
    ],
  ],
  [
    "parameters of an input that are none of one a channel",
    [{ type: "input", shape: [4], neuron: cuba({ vThMant: [1, 2, 3] }) }, dense(4, 2)],
    ["net/bad-field: neuron/vThMant of layer 0 cannot be used: it has 3 entries for 4 neurons"],
  ],
  [
    "a small kernel that becomes many weights",
    [input(2 ** 20, 1, 1), pool({ shape: [2 ** 20, 1, 1], weight: pattern([1, 1, 9, 9]), padding: [4, 4] })],
    ["net/bad-field: weight of layer 1 cannot be used: its 81 numbers become 84934656 for 1048576 channels"],
  ],
  [
    "more neurons than a chip has",
    [input(2 ** 20, 2), dense(1, 2)],
    ["net/bad-field: shape of layer 0 cannot be used: it has 2097152 neurons"],
  ],
  [
    "nothing but an input",
    [input(2)],
    ["net/layer-place: layer 0 cannot stand where it is: no layer behind it has neurons"],
  ],
])("refuses %s", (_, layers, messages) => {
  expect(said(layers)).toEqual(messages);
});

test("refuses HDF5 files that are no networks of Lava", () => {
  expect(codesOf(() => importNet(netBytes([]), "empty.net"))).toEqual(["net/not-net"]);
  expect(codesOf(() => importNet(new Uint8Array(100), "zeros.net"))).toEqual(["h5/format"]);
});
