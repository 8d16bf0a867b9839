import type { Feasibility, PlacedNode, Refusal } from "../feasibility/index.ts";
import type { CheckDocument } from "./documents.ts";

type Row = CheckDocument["targets"][number];
type Figure = Row["figures"]["cores"];

/** A number with how it is known; `unknown` says why there is none. */
export const figure = (
  value: number | null,
  kind: Figure["kind"],
  source: string,
  unknown = "a stage refuses the network",
): Figure => (value === null ? { value, kind: "unknown", source: unknown } : { value, kind, source });

const verdictOf = ({ node, name, place }: PlacedNode): Row["nodes"][number] => ({
  node: name,
  op: node.op,
  place: place.kind,
  into: place.kind === "folded" ? place.into : place.kind === "host" ? place.part : null,
  stage: place.kind === "refused" ? place.stage : null,
});

export const refusalOf = ({ stage, fault }: Refusal): Row["refusals"][number] => ({
  stage,
  node: fault.where.node,
  code: fault.code,
  what: fault.what,
  why: fault.why,
  fix: fault.fix,
});

/** A reason with the node that it is about. */
export const reasonOf = ({ fault }: Refusal): string =>
  `${fault.where.node === null ? "" : `${fault.where.node}: `}${fault.why}`;

/** What closes cores where the network fits; else every reason why it does not. */
const bindingLimit = ({ fits, estimate, refusals }: Feasibility): string | null =>
  fits ? (estimate?.bindingLimit ?? null) : refusals.map(reasonOf).join("; ");

/** One target of the document. */
export const checkedRow = (found: Feasibility): Row => {
  const { estimate } = found;
  const cores = estimate?.cores ?? null;
  const coresBound = estimate?.coresBound ?? null;
  return {
    name: found.target,
    mode: found.mode,
    fits: found.fits,
    cores,
    coresBound,
    bindingLimit: bindingLimit(found),
    change: found.refusals[0]?.fault.fix ?? null,
    figures: {
      cores: figure(cores, "modelled", "one core of every layer filled under the rules of the mapper"),
      coresBound: figure(coresBound, "proved", "totals of neurons, axons and synapse words over the limits"),
      chips: figure(found.chips, "modelled", "cores over cores a chip"),
      steps: figure(found.steps, "proved", "the schedule of the mode"),
      spikeBound: figure(found.spikeBound, "proved", "most digits of every level"),
    },
    system: found.system,
    share: found.share,
    host: found.host.map((h) => ({ ...h, nodes: [...h.nodes], ops: [...h.ops] })),
    nodes: found.places.map(verdictOf),
    refusals: found.refusals.map(refusalOf),
    layers: [...found.layers],
  };
};
