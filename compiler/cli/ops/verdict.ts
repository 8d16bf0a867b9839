import { type Diagnostic, named, type Origin, Rejected } from "../../diagnostics/index.ts";
import { type Feasibility, judge, prepare, type Refusal } from "../../feasibility/index.ts";
import {
  floats,
  item,
  makeTensor,
  nodesOf,
  sizeOf,
  type TensorGraph,
  type TensorNode,
} from "../../ir/index.ts";
import type { NativeNetwork, ProfileName } from "../../native/index.ts";
import { compileNative } from "../../pipeline/index.ts";
import type { CompileOptions } from "../../pipeline/options.ts";
import type { Backend } from "../../target/index.ts";
import { nativeRefusal } from "../check-native.ts";
import { scalarFunctions, tensorEvaluator } from "../engines.ts";

/** Where an operator runs, as a compile would place it. */
export type Verdict =
  /** Also between two layers. */
  | { readonly place: "chip" }
  /** Behind the last layer; `inside` says why not between layers, null where no layer could read it. */
  | { readonly place: "host"; readonly inside: Refusal | null }
  /** It is computed when the model is read. */
  | { readonly place: "reader" }
  | { readonly place: "refused"; readonly by: Refusal };

/** Name of the stage that stands for what is asked about. */
export const sampleName = "operator";

/** A layer that reads a value. */
const readBy = (node: TensorNode): TensorNode => {
  const size = sizeOf(node.type.shape);
  const data = Float64Array.from({ length: 2 * size }, (_, i) => (((i * 5 + 3) % 7) - 2) / 8);
  const weight = floats("after.weight", [2, size], data, "f32");
  const flat = makeTensor("reshape", [node], { shape: [size] }, [named("after.flat")]);
  return makeTensor("dense", [flat], { weight, bias: null }, [named("after")]);
};

/** Networks in which a layer reads what a network ends with: behind an activation, and at once; none for other than real numbers. */
const insideOf = (graph: TensorGraph): readonly TensorGraph[] => {
  const [output] = graph.outputs;
  if (output === undefined || output.value.type.dtype !== "f32") return [];
  const active = makeTensor("unary", [output.value], { fn: { kind: "relu" } }, [named("after.relu")]);
  return [active, output.value].map((value) => ({
    ...graph,
    outputs: [{ name: output.name, value: readBy(value) }],
  }));
};

const engines = { tensor: tensorEvaluator, scalars: scalarFunctions };

const options: CompileOptions = {
  mode: "auto",
  fold: null,
  quantize: { levels: 7, weightBits: 4 },
  seed: 0,
  skip: [],
  dumpAfter: [],
  stopAfter: null,
  verify: false,
};

const judged = (graph: TensorGraph, backends: readonly Backend[]): readonly Feasibility[] =>
  judge(prepare(graph, options, engines), backends, engines, [], () => undefined);

const isName = (name: string): boolean => name === sampleName || name.startsWith(`${sampleName}.`);

/** True for what stands for what is asked about, or lies in it. */
export const isSample = (node: { readonly origins: readonly Origin[] }): boolean =>
  node.origins.some((origin) => isName(origin.name));

const onHost = ({ places }: Feasibility): boolean =>
  places.some(({ node, place }) => isSample(node) && place.kind === "host");

/** What is said last about the sample: what goes before is often a constant that it reads. */
const reasonIn = (refusals: readonly Refusal[]): Refusal | undefined =>
  refusals.findLast(({ fault }) => fault.where.node !== null && isName(fault.where.node)) ?? refusals[0];

const verdictOf = (inside: readonly Feasibility[], atEnd: Feasibility | undefined): Verdict => {
  if (inside.some((f) => f.fits)) return { place: "chip" };
  const first = reasonIn(inside[0]?.refusals ?? []);
  if (atEnd?.fits === true)
    return onHost(atEnd) ? { place: "host", inside: first ?? null } : { place: "chip" };
  const by = first ?? reasonIn(atEnd?.refusals ?? []);
  if (by === undefined) throw new Error("an operator is refused without a reason");
  return { place: "refused", by };
};

/**
 * Where each of the targets runs what a network ends with, in stages named `sampleName`: the network, and others in which
 * a layer reads it, are taken through the compiler as far as they go.
 */
export const verdictsOf = (graph: TensorGraph, backends: readonly Backend[]): readonly Verdict[] => {
  const found = new Map<Backend, readonly Feasibility[]>();
  const foundFor = (backend: Backend): readonly Feasibility[] => found.get(backend) ?? [];
  const open = (): readonly Backend[] => backends.filter((b) => foundFor(b).every((f) => !f.fits));
  for (const inside of insideOf(graph)) {
    const left = open();
    for (const [i, f] of judged(inside, left).entries()) {
      const backend = item(left, i);
      found.set(backend, [...foundFor(backend), f]);
    }
  }
  const left = open();
  const last = left.length === 0 ? [] : judged(graph, left);
  return backends.map((backend) => verdictOf(foundFor(backend), last[left.indexOf(backend)]));
};

const functionOf = (node: TensorNode): string | null => {
  switch (node.op) {
    case "unary":
      return node.attrs.fn.kind;
    case "binary":
    case "reduce":
      return node.attrs.fn;
    case "recurrent":
      return node.attrs.cell;
    default:
      return null;
  }
};

/** Ops of the tensor level that an operator becomes, each once; views and constants only where there is nothing else. */
export const opsOf = (graph: TensorGraph): readonly string[] => {
  const own = nodesOf(graph).filter(isSample);
  const shown = own.map((node) => {
    const fn = functionOf(node);
    return fn === null ? node.op : `${node.op} ${fn}`;
  });
  const telling = shown.filter((op) => op !== "reshape" && op !== "constant");
  return [...new Set(telling.length > 0 ? telling : shown)];
};

const plain = { scale: 1, offset: 0 };

/** Seconds. */
const step = 0.001;

/** The rules that are tried: the textbook's, and that of chips with neurons of their own. */
const rules: readonly ProfileName[] = ["snntorch", "loihi"];

/** What a target makes of a network that spikes by itself, under any of the rules. */
export const nativeVerdict =
  (network: NativeNetwork) =>
  (backend: Backend): Verdict => {
    const refused: Diagnostic[] = [];
    for (const profile of rules) {
      const options = { profile, dt: step, reset: null, steps: 8 };
      const request = {
        name: "sample",
        sha256: "",
        network,
        backends: [backend],
        preparation: plain,
        options,
      };
      try {
        compileNative(request);
        return { place: "chip" };
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
        refused.push(...error.diagnostics);
      }
    }
    const [fault] = refused.toReversed();
    if (fault === undefined) throw new Error("a network is refused without a reason");
    return { place: "refused", by: nativeRefusal(fault) };
  };

/** Nothing of it is left to run. */
export const read: Verdict = { place: "reader" };

/** A fault of the reader as a verdict. */
export const refusedByReader = (fault: Diagnostic): Verdict => ({
  place: "refused",
  by: { stage: "read", fault },
});
