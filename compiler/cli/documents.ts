import { z } from "zod";

/** A number about hardware with how it is known; integers above 2^53 are strings. */
export const figure = z.object({
  value: z.number().nullable(),
  kind: z.enum(["exact", "proved", "measured", "modelled", "unknown"]),
  source: z.string(),
});

const correct = z.object({ correct: z.number().int().optional() });

const limit = z.string().nullable();

export const errorDocument = z.object({
  schema: z.literal("spikefold/error@1"),
  errors: z.array(
    z.object({
      code: z.string(),
      where: z.object({
        file: z.string().optional(),
        line: z.number().optional(),
        column: z.number().optional(),
        node: z.string().optional(),
      }),
      what: z.string(),
      why: z.string(),
      fix: z.string(),
    }),
  ),
});

/** A part that the host computes; bytes cross for every sample. */
export const hostPart = z.object({
  name: z.string(),
  nodes: z.array(z.string()),
  ops: z.array(z.string()),
  bytesIn: z.number().int(),
  bytesOut: z.number().int(),
  where: z.enum(["before", "between", "after"]),
});

const stage = z.enum(["read", "quantize", "convert", "realize", "map"]);

/** Where a node of the model goes: a layer of the chip, into the node `into`, a host part, or nowhere. */
const nodeVerdict = z.object({
  node: z.string(),
  op: z.string(),
  place: z.enum(["chip", "folded", "host", "refused"]),
  into: z.string().nullable(),
  /** The stage that refuses it. */
  stage: stage.nullable(),
});

const refusal = z.object({
  stage,
  node: z.string().nullable(),
  code: z.string(),
  what: z.string(),
  why: z.string(),
  fix: z.string(),
});

const layerNeeds = z.object({
  name: z.string(),
  neurons: z.number().int(),
  synapses: z.number(),
  weights: z.number(),
  weightBytes: z.number(),
  levels: z.number().nullable(),
  sumBits: z.number().int(),
  fanIn: z.number().int(),
  fanOut: z.number().int(),
  coresAtLeast: z.number().int(),
  /** Modelled; layers share cores, so it may be a part of one. */
  cores: z.number(),
});

const share = z.object({
  nodes: z.number().int(),
  allNodes: z.number().int(),
  products: z.number(),
  allProducts: z.number(),
  parameters: z.number(),
  allParameters: z.number(),
});

const checkedTarget = z.object({
  name: z.string(),
  mode: z.string(),
  fits: z.boolean(),
  /** Modelled: one core of every layer is filled, not all. */
  cores: z.number().int().nullable(),
  /** Proved. */
  coresBound: z.number().int().nullable(),
  bindingLimit: limit,
  change: z.string().nullable(),
  figures: z.object({ cores: figure, coresBound: figure, chips: figure, steps: figure, spikeBound: figure }),
  system: z
    .object({ system: z.string(), count: z.number().int(), chips: z.number().int(), source: z.string() })
    .nullable(),
  share,
  host: z.array(hostPart),
  nodes: z.array(nodeVerdict),
  refusals: z.array(refusal),
  layers: z.array(layerNeeds),
});

export const checkDocument = z.object({
  schema: z.literal("spikefold/check@1"),
  model: z.string(),
  unsupported: z.array(z.object({ op: z.string(), nodes: z.array(z.string()), hint: z.string() })),
  targets: z.array(checkedTarget),
});

const obligations = z.object({
  proved: z.number(),
  checked: z.number(),
  tested: z.number(),
  assumed: z.number(),
});

export const compileDocument = z.object({
  schema: z.literal("spikefold/compile@1"),
  model: z.string(),
  inputs: z.array(z.object({ name: z.string(), shape: z.array(z.number()) })),
  outputs: z.array(z.object({ name: z.string(), shape: z.array(z.number()) })),
  targets: z.array(
    z.object({
      name: z.string(),
      fits: z.boolean(),
      mode: z.string(),
      cores: z.number().int(),
      coresBound: z.number().int(),
      bindingLimit: limit,
      chips: z.number().int(),
      steps: z.number().int(),
      /** Null where the data say how many steps a sample has; `steps` is 0 then. */
      spikeBound: z.number().nullable(),
      synapses: z.number(),
      resources: z.array(
        z.object({ resource: z.string(), most: z.number(), total: z.number(), limit: z.number().nullable() }),
      ),
      files: z.array(z.string()),
    }),
  ),
  layers: z.array(
    z.object({
      name: z.string(),
      op: z.string(),
      neurons: z.number().int(),
      synapses: z.number().int(),
      levels: z.number().int().nullable(),
      weightBits: z.number().int().nullable(),
      /** On the first target. */
      cores: z.number().int(),
    }),
  ),
  host: z.array(z.string()),
  passes: z.array(
    z.object({
      name: z.string(),
      contract: z.string(),
      changed: z.boolean(),
      milliseconds: z.number(),
      report: z.record(z.string(), z.number()),
    }),
  ),
  certificate: z.object({ file: z.string(), obligations }),
  evaluation: z.lazy(() => runDocument.omit({ schema: true })).nullable(),
  seconds: z.number(),
});

export const runDocument = z.object({
  schema: z.literal("spikefold/run@1"),
  target: z.string(),
  mode: z.string(),
  samples: z.number().int(),
  levels: z.object({
    float: correct.optional(),
    integer: correct.optional(),
    spiking: correct,
    machine: correct.optional(),
  }),
  equality: z.object({
    against: z.string(),
    samples: z.number().int(),
    mismatchedSamples: z.number().int(),
    neurons: z.number().int(),
    mismatchedNeurons: z.number().int(),
  }),
  cost: z.object({
    steps: z.number().int(),
    spikes: z.number(),
    spikesPerNeuron: z.number(),
    synapticOperations: z.number(),
    neuronUpdates: z.number(),
  }),
  seconds: z.number(),
});

export const simulateDocument = runDocument.extend({
  schema: z.literal("spikefold/simulate@1"),
  cycles: z.number(),
  seconds_modelled: figure,
  energyPicojoule: z.object({
    total: z.number(),
    synapse: z.number(),
    neuron: z.number(),
    network: z.number(),
    static: z.number(),
    kind: z.string(),
    source: z.string(),
  }),
  traffic: z.object({
    packets: z.number(),
    unicastHops: z.number(),
    multicastHops: z.number().nullable(),
    peakLink: z.number().nullable(),
  }),
  busiestCore: z.number().int(),
});

export const verifyDocument = z.object({
  schema: z.literal("spikefold/verify@1"),
  accepted: z.boolean(),
  obligations: z.array(
    z.object({ id: z.string(), layer: z.string().nullable(), status: z.string(), evidence: z.string() }),
  ),
  firstFailure: z.string().nullable(),
});

/** Several compile sections of one file. */
export const buildsDocument = z.object({
  schema: z.literal("spikefold/builds@1"),
  builds: z.array(z.object({ name: z.string(), folder: z.string(), compile: compileDocument.nullable() })),
});

export type BuildsDocument = z.infer<typeof buildsDocument>;

export const fmtDocument = z.object({
  schema: z.literal("spikefold/fmt@1"),
  /** False with --check. */
  written: z.boolean(),
  files: z.array(z.object({ file: z.string(), changed: z.boolean() })),
});

export const explainDocument = z.object({
  schema: z.literal("spikefold/explain@1"),
  codes: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(["error", "warning", "note"]),
      during: z.string(),
      what: z.string(),
      why: z.string(),
      fix: z.string(),
      /** Names that stand in braces in the texts, filled in when a message is reported. */
      holes: z.array(z.string()),
    }),
  ),
});

export const opsDocument = z.object({
  schema: z.literal("spikefold/ops@1"),
  operators: z.array(
    z.object({
      format: z.enum(["onnx", "spk", "nir"]),
      name: z.string(),
      /** What tells this use from others of the same name; empty for the only one. */
      form: z.string(),
      becomes: z.array(z.string()),
      targets: z.array(
        z.object({
          name: z.string(),
          place: z.enum(["chip", "host", "reader", "refused"]),
          /** Why it is refused, or why it cannot stand between layers. */
          refusal: refusal.omit({ node: true }).nullable(),
        }),
      ),
    }),
  ),
});

export type OpsDocument = z.infer<typeof opsDocument>;
export type FmtDocument = z.infer<typeof fmtDocument>;
export type ExplainDocument = z.infer<typeof explainDocument>;
export type CheckDocument = z.infer<typeof checkDocument>;
export type CompileDocument = z.infer<typeof compileDocument>;
export type RunDocument = z.infer<typeof runDocument>;
/** What a run found, as `run` gives it and a compile with data repeats it. */
export type Evaluation = Omit<RunDocument, "schema">;
export type SimulateDocument = z.infer<typeof simulateDocument>;
export type VerifyDocument = z.infer<typeof verifyDocument>;
export type ErrorDocument = z.infer<typeof errorDocument>;

/** The published documents by file name, for `docs/schema`. */
export const documents = {
  check: checkDocument,
  compile: compileDocument,
  run: runDocument,
  simulate: simulateDocument,
  verify: verifyDocument,
  builds: buildsDocument,
  fmt: fmtDocument,
  explain: explainDocument,
  ops: opsDocument,
  error: errorDocument,
} as const;
