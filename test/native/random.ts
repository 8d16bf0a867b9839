import fc from "fast-check";
import { floats, item } from "../../compiler/ir/index.ts";
import {
  type NativeEdge,
  type NativeNetwork,
  type NativeNode,
  type NativeOp,
  type NeuronParameters,
  native,
} from "../../compiler/native/index.ts";
import { matrix, one } from "./support.ts";

/** Neurons of every layer. */
export const width = 3;

/** A step of 2^-10 s: with time constants that are powers of two every number of a run is exact. */
export const dt = 2 ** -10;

const halves = fc.integer({ min: -3, max: 3 }).map((n) => n / 2);
const tau = fc.constantFrom(dt, 2 * dt);
const values = (of: fc.Arbitrary<number>) =>
  fc
    .oneof(
      of.map((x) => [x]),
      fc.array(of, { minLength: width, maxLength: width }),
    )
    .map((xs) => floats("p", [xs.length], Float64Array.from(xs)));

const spiking = fc.record({
  tauSyn: fc.option(values(tau)),
  wIn: fc.option(values(halves)),
  tauMem: fc.option(values(tau)),
  r: values(fc.constantFrom(1, 2)),
  vLeak: fc.option(values(halves)),
  threshold: values(fc.constantFrom(0.25, 0.5, 1)),
  vReset: fc.option(values(fc.constantFrom(-0.5, 0, 0.125))),
  reset: fc.constantFrom("hard" as const, "soft" as const),
  refractory: fc.constantFrom(0, 0, dt, 3 * dt),
  adaptation: fc.option(fc.record({ tau: values(tau), beta: values(fc.constantFrom(0.25, 0.5)) }), {
    freq: 1,
  }),
});

/** r of an integrator counts a step as 1. */
const neuron = (parameters: NeuronParameters): NativeOp => {
  const r = parameters.tauMem === null ? one(1 / dt) : parameters.r;
  return { kind: "neuron", shape: [width], parameters: { ...parameters, r } };
};

/** What comes back into a cycle must be spikes: numbers would need more bits in every round. */
const spikes = ({ op }: NativeNode): boolean =>
  op.kind === "threshold" || (op.kind === "neuron" && op.parameters.threshold !== null);

const silentNeuron = spiking.map((p) =>
  neuron({ ...p, threshold: null, vReset: null, reset: null, refractory: 0, adaptation: null }),
);

const op: fc.Arbitrary<NativeOp> = fc.oneof(
  { weight: 4, arbitrary: spiking.map(neuron) },
  { weight: 1, arbitrary: silentNeuron },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.array(fc.array(halves, { minLength: width, maxLength: width }), {
          minLength: width,
          maxLength: width,
        }),
        fc.option(values(halves).filter((w) => w.shape[0] === width)),
      )
      .map(([rows, bias]) => native.affine(matrix(rows), bias)),
  },
  { weight: 1, arbitrary: values(fc.constantFrom(0.5, -1, 2)).map(native.scale) },
  { weight: 1, arbitrary: fc.constant(native.join([width])) },
  { weight: 1, arbitrary: values(fc.constantFrom(0.25, 0.5)).map(native.threshold) },
  {
    weight: 2,
    arbitrary: values(fc.integer({ min: 0, max: 3 })).map((steps) => native.delay(steps, "steps")),
  },
);

/** A layer, what it reads of the layers before it, and whether the last spikes come back to it. */
const layer = fc.record({
  op,
  reads: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
  back: fc.option(fc.integer({ min: 1, max: 2 })),
});

/** A feedback comes into a layer that sums, over a delay of its own, so that its place is known. */
const feedbackOf = (name: string, last: string, steps: number): readonly [NativeNode, ...NativeEdge[]] => [
  native.node(`${name}.back`, native.delay(one(steps), "steps")),
  native.edge(last, `${name}.back`),
  native.edge(`${name}.back`, name),
];

export const randomNetwork: fc.Arbitrary<NativeNetwork> = fc
  .array(layer, { minLength: 1, maxLength: 7 })
  .map((layers) => {
    const names = ["input", ...layers.map((_, i) => `n${i}`)];
    const last = item(names, names.length - 1);
    const nodes: NativeNode[] = [native.node("input", native.input([width]))];
    const edges: NativeEdge[] = [];
    const layerNodes = layers.map((l, i) => native.node(item(names, i + 1), l.op));
    const back = layerNodes.filter(spikes).at(-1);
    nodes.push(...layerNodes);
    layers.forEach((l, i) => {
      const name = item(names, i + 1);
      for (const r of l.reads) edges.push(native.edge(item(names, r % (i + 1)), name));
      if (l.back === null || back === undefined) return;
      const [node, ...closing] = feedbackOf(name, back.name, l.back);
      nodes.push(node);
      edges.push(...closing);
    });
    nodes.push(native.node("output", native.output()));
    edges.push(native.edge(last, "output"));
    return native.nativeNetwork("random", nodes, edges);
  });
