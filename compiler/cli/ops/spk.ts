import { checkSpk, elaborateSpk, type SpkHost, type SpkNetwork, spkWords } from "../../../dsl/index.ts";
import type { Diagnostic } from "../../diagnostics/index.ts";
import { nodesOf, type TensorGraph, type TensorNode } from "../../ir/index.ts";
import type { Backend } from "../../target/index.ts";
import type { RowMaker, SupportRow } from "./row.ts";
import { isSample, nativeVerdict, opsOf, refusedByReader, sampleName, verdictsOf } from "./verdict.ts";

const outside = (): never => {
  throw new Error("a sample reads no files");
};

const host: SpkHost = {
  readText: outside,
  readWeights: outside,
  readModel: outside,
  readNir: outside,
  targets: [],
};

const network = (input: string, body: readonly string[]): string =>
  `network sample(x: ${input}) -> y: [2] {\n  weights kaiming(seed: 1)\n  ${body.join("\n  ")}\n}\n`;

type Program = (use: string) => string;

const withNeurons = "IF(v_threshold: 1, reset: hard)";

/** Places where a word can stand, the most usual first. */
const usual: readonly Program[] = [
  (use) =>
    network("[2, 4, 4]", [
      "before = x -> conv(4, 1x1)",
      `y = before -> ${use} as ${sampleName} -> flatten as flat -> dense(2) as last`,
    ]),
  (use) =>
    network("[6]", ["before = x -> dense(16)", `y = before -> ${use} as ${sampleName} -> dense(2) as last`]),
  (use) =>
    network("spikes[8]", [
      "step 1 ms",
      `y = x -> dense(16) -> ${use} as ${sampleName} -> dense(2) -> ${withNeurons} -> read.count`,
    ]),
  (use) =>
    network("[8]", [
      "step 1 ms",
      `y = x -> ${use} as ${sampleName} -> dense(2) -> ${withNeurons} -> read.count`,
    ]),
  (use) =>
    network("spikes[8]", ["step 1 ms", `y = x -> dense(2) -> ${withNeurons} -> ${use} as ${sampleName}`]),
];

/** Between layers of a network that reads streams. */
const inTime: Program = (use) =>
  network("signal[8]", [
    "step 1 ms",
    `y = x -> ${use} as ${sampleName} -> dense(2) -> ${withNeurons} -> read.count`,
  ]);

/** Words that stand in another way; the halves that `split` gives are added, so that both are read. */
const otherwise: ReadonlyMap<string, Program> = new Map<string, Program>([
  [
    "concat",
    (use) =>
      network("[2, 4, 4]", [
        "before = x -> conv(4, 1x1) -> relu",
        "beside = x -> conv(4, 3x3) -> relu",
        `y = [before, beside] -> ${use} as ${sampleName} -> flatten as flat -> dense(2) as last`,
      ]),
  ],
  ["encode.delta", inTime],
  ["gru", inTime],
  ["lstm", inTime],
  [
    "split",
    () =>
      `block halves(v: [c, h, w]) -> y {\n  a, b = v -> split(2)\n  y = a + b\n}\n${network("[2, 4, 4]", [
        "before = x -> conv(4, 1x1) -> relu",
        `y = before -> halves as ${sampleName} -> flatten as flat -> dense(2) as last`,
      ])}`,
  ],
]);

/** Arguments where the examples of the messages are none, or large. */
const given: ReadonlyMap<string, string> = new Map([
  ["IF", "v_threshold: 1, reset: hard"],
  ["LIF", "tau: 20 ms, reset: hard"],
  ["CubaLIF", "tau_syn: 5 ms, tau_mem: 20 ms, reset: hard"],
  ["conv", "4, 3x3"],
  ["conv_transpose", "2, 2x2, stride: 2"],
  ["local", "2, 3x3"],
  ["dense", "8"],
  ["factored", "8, rank: 2"],
  ["conv_bn", "4, 3x3"],
  ["separable", "4"],
  ["residual", "4"],
  ["inverted_bottleneck", "4"],
  ["fire", "2, expand: 4"],
  ["reshape", "[16, 4]"],
  ["transpose", "[1, 2, 0]"],
  ["zero_pad", "1"],
  ["clip", "0, 1"],
  ["bottleneck", "out: 4"],
  ["encode.rate", "peak: 200 Hz, time: 20 ms, seed: 1"],
]);

/** What a message says is to be written for an argument that is missing; null for other messages. */
const missing = (word: string, { code, holes }: Diagnostic): string | null => {
  if (holes?.owner !== word || !/^(option|block)\/missing$/.test(code)) return null;
  return typeof holes.example === "string" ? holes.example : null;
};

interface Tried {
  readonly text: string;
  readonly faults: readonly Diagnostic[];
}

/** Writes the word with all arguments that the language asks for, one after the other. */
const tried = (word: string, program: Program): Tried => {
  const stated = given.get(word);
  let args: readonly string[] = stated === undefined ? [] : [stated];
  for (;;) {
    const text = program(args.length === 0 ? word : `${word}(${args.join(", ")})`);
    const faults = checkSpk("sample.spk", text, host);
    const more = [...new Set(faults.flatMap((fault) => missing(word, fault) ?? []))].filter(
      (a) => !args.includes(a),
    );
    if (more.length === 0) return { text, faults };
    args = [...args, ...more];
  }
};

/** A word that still has faults where it can stand best: fewest faults, the first of those. */
const placed = (word: string): Tried => {
  const special = otherwise.get(word);
  const all = (special === undefined ? usual : [special]).map((program) => tried(word, program));
  const [first, ...rest] = all.toSorted((a, b) => a.faults.length - b.faults.length);
  if (first === undefined) throw new Error("a word has a place");
  return [first, ...rest].find(({ faults }) => faults.length === 0) ?? first;
};

const namedIn = (graph: TensorGraph, name: string): TensorNode | undefined =>
  nodesOf(graph).find((node) => node.origins[0]?.name === name);

/** The network up to the word. */
const upTo = (graph: TensorGraph): TensorGraph => {
  const reader = namedIn(graph, "flat") ?? namedIn(graph, "last");
  const value = reader?.inputs[0];
  return value === undefined ? graph : { ...graph, outputs: [{ name: "y", value }] };
};

const networkIn = (text: string): SpkNetwork | undefined =>
  elaborateSpk("sample.spk", text, host).networks.find(({ name }) => name === "sample");

const rowOf = (word: string, backends: readonly Backend[]): SupportRow => {
  const row = { format: "spk", name: word, note: "" } as const;
  const { text, faults } = placed(word);
  const [fault] = faults;
  if (fault !== undefined)
    return { ...row, becomes: [], verdicts: backends.map(() => refusedByReader(fault)) };
  const found = networkIn(text);
  if (found === undefined) throw new Error(`the sample of ${word} has no network`);
  if (found.kind === "tensor") {
    const graph = upTo(found.graph);
    return { ...row, becomes: opsOf(graph), verdicts: verdictsOf(graph, backends) };
  }
  const own = found.network.nodes.filter((node) => isSample(node));
  return {
    ...row,
    becomes: [...new Set(own.map(({ op }) => op.kind))],
    verdicts: backends.map(nativeVerdict(found.network)),
  };
};

/** Every layer of the language and every block of its library, written with the arguments that it asks for. */
export const spkRows: RowMaker = {
  names: spkWords,
  rows: (word, backends) => [rowOf(word, backends)],
};
