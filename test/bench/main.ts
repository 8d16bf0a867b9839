/**
 * `npm run bench [-- samples [neurons-samples]]`: the bars of the project on the real models of the shared data folder.
 * Prints accuracy, equality, size and time of every mode, and times as ratios to the integer interpreter of the same run.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const shared = join(root, "../shared/data");
const cli = join(root, "dist/compiler/cli/main.js");
const [samples = "1000", neuronSamples = "50"] = process.argv.slice(2);

interface Model {
  readonly name: string;
  readonly scale: string;
  readonly flags: readonly string[];
}

const models: readonly Model[] = [
  { name: "mnist-cntk", scale: "1", flags: [] },
  { name: "nxtf-mnist", scale: "0.00392156862745098", flags: [] },
];

interface Mode {
  readonly target: string;
  readonly mode: string;
}

const modes: readonly Mode[] = [
  { target: "simulator", mode: "exact.graded" },
  { target: "simulator", mode: "exact.track" },
  { target: "simulator", mode: "exact.spatial" },
  { target: "loihi1", mode: "exact.spatial" },
  { target: "spinnaker1", mode: "exact.spatial" },
];

interface Ran {
  readonly seconds: number;
  readonly levels: {
    readonly float?: { readonly correct?: number };
    readonly integer?: { readonly correct?: number };
    readonly spiking: { readonly correct?: number };
  };
  readonly equality: {
    readonly samples: number;
    readonly mismatchedSamples: number;
    readonly neurons: number;
    readonly mismatchedNeurons: number;
  };
  readonly cost: {
    readonly steps: number;
    readonly spikesPerNeuron: number;
    readonly synapticOperations: number;
  };
}

const data = (file: string): string => join(shared, "mnist", file);
const images = ["--data", data("t10k-images-idx3-ubyte.gz"), "--labels", data("t10k-labels-idx1-ubyte.gz")];

const run = (args: readonly string[]): string => {
  const ran = spawnSync(process.execPath, ["--max-old-space-size=8192", cli, ...args, "--json"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (ran.status !== 0)
    throw new Error(`spikefold ${args.join(" ")} ended with ${ran.status}: ${ran.stderr}`);
  return ran.stdout;
};

const share = (correct: number | undefined, of: number): string =>
  correct === undefined ? "-" : ((100 * correct) / of).toFixed(2);

const row = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(" | ")} |`);

const measure = (folder: string, model: Model, levels: number): void => {
  const build = join(folder, `${model.name}-${levels}`);
  const targets = ["--target", "loihi1", "--target", "spinnaker1", "--target", "simulator"];
  const args = [
    "compile",
    join(shared, "models", `${model.name}.onnx`),
    "--calibrate",
    data("train-images-idx3-ubyte.gz"),
    "--samples",
    "512",
    "--input-scale",
    model.scale,
    "--levels",
    String(levels),
    ...model.flags,
  ];
  const compiled: {
    seconds: number;
    targets: { name: string; cores: number; coresBound: number; chips: number; synapses: number }[];
  } = JSON.parse(run([...args, ...targets, "-o", build]));
  console.log(
    `\n${model.name}, L = ${levels}: compiled for three targets in ${compiled.seconds.toFixed(2)} s`,
  );
  for (const t of compiled.targets)
    console.log(
      `  ${t.name}: ${t.cores} cores (at least ${t.coresBound}), ${t.chips} chips, ${t.synapses} synapses`,
    );
  row([
    "target",
    "mode",
    "float %",
    "integer %",
    "spiking %",
    "equal",
    "values equal",
    "steps",
    "spikes a neuron",
    "synaptic operations",
    "samples/s",
  ]);
  row(Array.from({ length: 11 }, () => "---"));
  for (const { target, mode } of modes) {
    const folderOfMode = target === "simulator" ? `${build}-${mode}` : build;
    if (target === "simulator") run([...args, "--target", target, "--mode", mode, "-o", folderOfMode]);
    const all: Ran = JSON.parse(
      run([
        "run",
        folderOfMode,
        ...images,
        "--target",
        target,
        "--limit",
        samples,
        "--compare",
        "float,integer",
      ]),
    );
    const deep: Ran = JSON.parse(
      run([
        "run",
        folderOfMode,
        ...images,
        "--target",
        target,
        "--limit",
        neuronSamples,
        "--neurons",
        "--compare",
        "integer,machine",
      ]),
    );
    const n = all.equality.samples;
    row([
      target,
      mode,
      share(all.levels.float?.correct, n),
      share(all.levels.integer?.correct, n),
      share(all.levels.spiking.correct, n),
      `${n - all.equality.mismatchedSamples} of ${n}`,
      `${deep.equality.neurons - deep.equality.mismatchedNeurons} of ${deep.equality.neurons}`,
      all.cost.steps,
      all.cost.spikesPerNeuron.toFixed(2),
      Math.round(all.cost.synapticOperations),
      (n / all.seconds).toFixed(1),
    ]);
  }
};

if (!existsSync(shared)) {
  console.log("no shared data folder beside the project: nothing to measure");
} else {
  const folder = mkdtempSync(join(tmpdir(), "spikefold-bench-"));
  try {
    for (const model of models) for (const levels of [15, 7]) measure(folder, model, levels);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
