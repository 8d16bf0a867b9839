import { atNode, type Diagnostic } from "../../diagnostics/index.ts";
import {
  integers,
  type Membrane,
  type Population,
  type Projection,
  rowsOf,
  type SpikingNetwork,
  sizeOf,
  valuesOf,
  type Weight,
} from "../../ir/index.ts";
import { exponentFor } from "../../map/index.ts";
import { type Compartment, type Fact, type Target, valueOf } from "../../target/index.ts";
import { pipelineDiagnostics } from "../diagnostics.ts";

/** A network in a chip's own compartments, or what of it they cannot be. */
export interface Fitted {
  readonly network: SpikingNetwork;
  readonly faults: readonly Diagnostic[];
}

const greatest = (values: Float64Array): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

const resetTo = ({ reset }: Membrane): number =>
  reset.kind === "value" && reset.to !== null ? greatest(valuesOf(reset.to)) : 0;

interface Refused {
  readonly what: string;
  readonly limit: string;
  readonly fix: string;
}

const refusedIf = (wrong: boolean, what: string, limit: string, fix: string): readonly Refused[] =>
  wrong ? [{ what, limit, fix }] : [];

/** The number of a fact; infinite where nobody knows a limit. */
const mostOf = (fact: Fact): number => valueOf(fact) ?? Infinity;

/** What a compartment has no registers for. */
const membraneFaults = (model: Membrane, compartment: Compartment): readonly Refused[] => {
  const { threshold, refractory } = model;
  const [mostThreshold, mostRest] = [mostOf(compartment.threshold), mostOf(compartment.refractory)];
  const height = threshold === null ? 0 : greatest(valuesOf(threshold));
  const zero = "v is set to 0 after a spike";
  return [
    ...refusedIf(
      model.reset.kind === "subtract",
      "a soft reset",
      zero,
      "use --reset hard, or reset: hard where the network says soft",
    ),
    ...refusedIf(resetTo(model) > 0, `a reset to ${resetTo(model)}`, zero, "use a v_reset of 0"),
    ...refusedIf(
      model.spikeFirst,
      "a comparison before the update",
      "v is updated first",
      "use another --dynamics",
    ),
    ...refusedIf(
      refractory > mostRest,
      `a refractory time of ${refractory} steps`,
      `at most ${mostRest} are kept`,
      "use a longer --dt",
    ),
    ...refusedIf(
      height > mostThreshold,
      `a threshold of ${height}`,
      `at most ${mostThreshold} is held`,
      "scale weights and thresholds down",
    ),
  ];
};

/** What a compartment cannot be. */
const modelFaults = ({ model, code }: Population, compartment: Compartment): readonly Refused[] => {
  switch (model.kind) {
    case "membrane":
      return membraneFaults(model, compartment);
    case "events":
      return refusedIf(
        code.kind === "plain" && code.payload,
        "an input that sends numbers",
        "spikes carry none",
        "use --encode rate",
      );
    default:
      return [
        {
          what: `a ${model.kind}`,
          limit: "neurons are leaky integrate-and-fire compartments",
          fix: "use --target simulator, which runs every neuron model",
        },
      ];
  }
};

/** The nearest bias that mantissa and exponent hold, and how far off it is; null beyond them. */
const heldBias = (bias: Weight, { bias: { mantissa, exponent } }: Compartment): Weight | null => {
  const [most, last] = [mostOf(mantissa), valueOf(exponent) ?? 0];
  const values = valuesOf(bias);
  if (greatest(values) > most * 2 ** last) return null;
  const held = values.map((b) => {
    let unit = 1;
    while (Math.round(Math.abs(b) / unit) > most) unit *= 2;
    return Math.round(b / unit) * unit;
  });
  return integers(bias.name, bias.shape, held);
};

/** Greatest sum of a step into a neuron by sign, in units of potential: all sources fire at once. */
export const greatestSum = ({ populations, projections }: SpikingNetwork): number => {
  const sums = new Map(
    populations.map((p) => [
      p.id,
      { plus: new Float64Array(sizeOf(p.shape)), minus: new Float64Array(sizeOf(p.shape)) },
    ]),
  );
  for (const { to, map, gain } of projections) {
    const { target, weight } = rowsOf(map);
    const found = sums.get(to);
    for (let i = 0; i < weight.length; i++) {
      const w = gain * (weight[i] ?? 0);
      const part = w > 0 ? found?.plus : found?.minus;
      const at = target[i] ?? 0;
      if (part !== undefined) part[at] = (part[at] ?? 0) + Math.abs(w);
    }
  }
  return [...sums.values()].reduce(
    (most, { plus, minus }) => Math.max(most, greatest(plus), greatest(minus)),
    0,
  );
};

const delayFaults = (q: Projection, mostDelay: number): readonly Refused[] =>
  refusedIf(
    q.delay > mostDelay,
    `a delay of ${q.delay} steps`,
    `synapses hold at most ${mostDelay}`,
    "use a longer --dt, or shorten the delay",
  );

/** Weights that no exponent of the chip brings into its mantissas: files may hold their own. */
const gridFaults = ({ map, gain }: Projection, { grid }: Target): readonly Refused[] => {
  if (exponentFor(map, gain, grid) !== null) return [];
  const { low, high, step } = grid;
  return [
    {
      what: `weights up to ${greatest(rowsOf(map).weight)} that no exponent fits`,
      limit: `mantissas are ${low}..${high} in steps of ${step}`,
      fix: "round the weights to even numbers, or use --target simulator",
    },
  ];
};

/**
 * A network in the integers of a chip as its compartments hold it: weights in units of potential, biases as mantissa and
 * exponent, the chip's own accumulators. All that they cannot be is told, by population.
 */
export const onCompartments = (network: SpikingNetwork, target: Target, compartment: Compartment): Fitted => {
  const faults: Diagnostic[] = [];
  const refuse = (population: Population | undefined, refused: readonly Refused[]): void => {
    const where = atNode(population?.origins[0]?.name ?? network.name);
    for (const { what, limit, fix } of refused)
      faults.push(
        pipelineDiagnostics.report("not-a-compartment", where, { target: target.name, what, limit, fix }),
      );
  };
  const populations = network.populations.map((p): Population => {
    refuse(p, modelFaults(p, compartment));
    if (p.bias === null || p.model.kind !== "membrane") return p;
    const bias = heldBias(p.bias, compartment);
    refuse(
      p,
      refusedIf(
        bias === null,
        `a bias of ${greatest(valuesOf(p.bias))}`,
        `at most ${valueOf(compartment.bias.mantissa)} * 2^${valueOf(compartment.bias.exponent)} is held`,
        "scale the weights of this layer and its threshold down",
      ),
    );
    return { ...p, bias: bias ?? p.bias };
  });
  const byId = new Map(populations.map((p) => [p.id, p]));
  const mostDelay = target.cell === null ? Infinity : mostOf(target.cell.maxDelay);
  const projections = network.projections.map((q) => ({ ...q, gain: q.gain * compartment.weightUnit }));
  for (const q of projections)
    refuse(byId.get(q.to), [...delayFaults(q, mostDelay), ...gridFaults(q, target)]);
  const arithmetic = target.cell?.arithmetic ?? network.arithmetic;
  return { network: { ...network, arithmetic, populations, projections }, faults };
};
