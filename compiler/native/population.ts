import type { Diagnostic } from "../diagnostics/index.ts";
import {
  type Encoding,
  floats,
  type NeuronModel,
  type Population,
  type PopulationId,
  payloads,
  sizeOf,
  spikes,
  spread,
  valuesOf,
  type Weight,
} from "../ir/index.ts";
import { comparatorFor, membraneFor, type StepRule } from "./dynamics.ts";
import type { InputCode, NativeNode } from "./network.ts";
import type { Ends } from "./shapes.ts";
import { wholeSteps } from "./step-time.ts";

/** A population, and what is wrong with its node. */
export interface Populated {
  readonly population: Population;
  readonly faults: readonly Diagnostic[];
}

interface Modelled {
  readonly model: NeuronModel;
  readonly faults: readonly Diagnostic[];
}

const sound = (model: NeuronModel): Modelled => ({ model, faults: [] });

const encoding = (code: InputCode, steps: number, dt: number): Encoding => {
  switch (code.kind) {
    case "rate":
      return { kind: "rate", peak: code.peak * dt, steps, seed: code.seed };
    case "delta":
      return { kind: "delta", threshold: code.threshold };
    default:
      return { kind: code.kind, steps };
  }
};

const eventsFor = (node: NativeNode, code: InputCode | null, dt: number): Modelled => {
  if (code === null) return sound({ kind: "events", code: null });
  const steps = code.kind === "delta" ? 0 : wholeSteps(node, code.time, dt);
  if (typeof steps !== "number") return { model: { kind: "events", code: null }, faults: [steps] };
  return sound({ kind: "events", code: encoding(code, steps, dt) });
};

const modelFor = (node: NativeNode, { from }: Ends, rule: StepRule): Modelled => {
  const { op } = node;
  switch (op.kind) {
    case "input":
      return eventsFor(node, op.code, rule.dt);
    case "neuron": {
      const { membrane, faults } = membraneFor(node, from, op.parameters, rule);
      return { model: membrane, faults };
    }
    case "threshold": {
      const { membrane, faults } = comparatorFor(node, from, op.threshold);
      return { model: membrane, faults };
    }
    case "cell":
      return sound(op.model);
    default:
      return sound({ kind: "relay" });
  }
};

const sendsNumbers = ({ op }: NativeNode, model: NeuronModel): boolean => {
  if (op.kind === "cell") return op.payload;
  if (op.kind === "input") return op.code?.kind === "current";
  return model.kind === "relay" || (model.kind === "membrane" && model.threshold === null);
};

/** The constant that comes in, and the bias that the node has itself. */
const biasFor = (node: NativeNode, size: number, constant: Float64Array | null): Weight | null => {
  const own = node.op.kind === "cell" ? node.op.bias : null;
  if (constant === null || constant.every((c) => c === 0)) return own;
  if (own === null) return floats(`${node.name}_bias`, [size], constant);
  const at = spread(valuesOf(own), size);
  return floats(
    `${node.name}_bias`,
    [size],
    constant.map((c, e) => c + at(e)),
  );
};

/** The population of a node. `constant` is the part of what comes in that never changes. */
export const populationFor = (
  node: NativeNode,
  id: PopulationId,
  ends: Ends,
  constant: Float64Array | null,
  rule: StepRule,
): Populated => {
  const { model, faults } = modelFor(node, ends, rule);
  const shape = ends.to;
  return {
    population: {
      id,
      shape,
      model,
      code: sendsNumbers(node, model) ? payloads : spikes,
      bias: biasFor(node, sizeOf(shape), constant),
      origins: node.origins,
      start: node.op.kind === "cell" ? node.op.start : 0,
    },
    faults,
  };
};
