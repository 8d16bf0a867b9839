#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { exitCodes, fail } from "./exit.ts";
import { anyNumber, realNumber, repeated, wholeNumber } from "./options.ts";
import { version } from "./version.ts";

const program = new Command("spikefold")
  .description(
    "Compiles trained networks to spiking hardware, proved equal to the integer network they come from.",
  )
  .version(version)
  .exitOverride()
  .showHelpAfterError("(spikefold --help lists the commands)")
  .addHelpText(
    "after",
    `
Examples:
  spikefold compile model.onnx --target loihi1 --calibrate train-images.gz -o build
  spikefold compile recipe.spk -o build
  spikefold run build --data test-images.gz --labels test-labels.gz
  spikefold verify build`,
  );

/** Runs a command that is loaded only now, so that --help stays quick. */
const lazily =
  <A extends readonly unknown[]>(load: () => Promise<(...args: A) => Promise<number>>) =>
  async (...args: A): Promise<void> => {
    const run = await load();
    process.exitCode = await run(...args);
  };

const json = ["--json", "print one JSON document on stdout"] as const;
const targets = ["--target <name>", "loihi1, spinnaker1 or simulator; repeatable", repeated] as const;

const extents = (command: Command): Command =>
  command
    .option("--dim <name=n>", "bind a symbolic extent of an ONNX model; repeatable", repeated)
    .option("--rebatch", "read a batch that is fixed in the model as 1");

const dynamics = (command: Command): Command =>
  command
    .option(
      "--dynamics <profile>",
      "how a spiking network is stepped: euler, exact, norse, sinabs, loihi, ...",
    )
    .option("--dt <seconds>", "a step of a spiking network", realNumber(1e-9, 1e3))
    .option("--reset <kind>", "hard or soft, for neurons that do not say it")
    .option("--steps <n>", "steps of a sample; none: as many as the data have", wholeNumber(1, 65536))
    .option("--encode <code>", "rate, latency or current: how values of a sample become a stream");

dynamics(extents(program.command("compile")))
  .description("compress, quantize, convert, map, emit, check and certify")
  .argument("<model>", ".onnx, .spk or .nir file")
  .requiredOption("-o, --output <dir>", "build folder")
  .option(...targets)
  .option("--recipe <name>", "one compile section of a .spk file, into DIR itself; repeatable", repeated)
  .option("--mode <mode>", "auto, exact.spatial, exact.graded, exact.track or native", "auto")
  .option("--levels <n>", "activation levels above zero", wholeNumber(1, 255))
  .option("--weight-bits <n>", "bits of a weight", wholeNumber(2, 8))
  .option("--input-bits <n>", "bits of an input value (8)", wholeNumber(2, 8))
  .option("--fold <keep>", "fraction of the channels kept by folding", realNumber(0, 1))
  .option("--calibrate <file>", "images for ranges and bias correction; none: synthetic images")
  .option("--samples <n>", "calibration samples (128)", wholeNumber(1, 1e6))
  .option("--data <file>", "evaluate the build on these inputs")
  .option("--labels <file>", "their classes")
  .option("--limit <n>", "evaluate at most n samples", wholeNumber(1, 1e9))
  .option("--input-scale <a>", "x = (raw - B) * A", anyNumber)
  .option("--input-offset <b>", "x = (raw - B) * A", anyNumber)
  .option("--seed <n>", "seed of everything random", wholeNumber(0, 2 ** 31 - 1))
  .option("--dump-after <pass>", "print the network after a pass", repeated)
  .option("--stop-after <pass>", "stop after a pass and print the network")
  .option("--skip <pass>", "leave a pass out", repeated)
  .option(
    "--verify",
    "check the contract of every pass by running both sides, and read every written file back",
  )
  .option(...json)
  .action(lazily(async () => (await import("./compile.ts")).compileCommand));

dynamics(extents(program.command("check")))
  .description("fits or not, on every target, and the binding limit; writes nothing")
  .argument("<model>", ".onnx, .spk or .nir file")
  .option(...targets)
  .option("--mode <mode>", "auto, exact.spatial, exact.graded, exact.track or native", "auto")
  .option("--levels <n>", "activation levels above zero", wholeNumber(1, 255))
  .option("--weight-bits <n>", "bits of a weight", wholeNumber(2, 8))
  .option("--input-bits <n>", "bits of an input value (8)", wholeNumber(2, 8))
  .option("--fold <keep>", "fraction of the channels kept by folding", realNumber(0, 1))
  .option("--layers", "a table of what every layer needs")
  .option(...json)
  .action(lazily(async () => (await import("./check.ts")).checkCommand));

const runOptions = (command: Command): Command =>
  command
    .argument("<dir>", "build folder")
    .requiredOption("--data <file>", "inputs: .npy, .npz, IDX (.gz), safetensors; streams, event recordings")
    .option("--labels <file>", "their classes")
    .option("--target <name>", "which target of the build (the first)")
    .option("--limit <n>", "at most n samples", wholeNumber(1, 1e9))
    .option("--from <n>", "first sample", wholeNumber(0, 1e9))
    .option("--input-scale <a>", "x = (raw - B) * A", anyNumber)
    .option("--input-offset <b>", "x = (raw - B) * A", anyNumber)
    .option("--compare <levels>", "float, integer, machine; several with commas", repeated)
    .option("--neurons", "compare every neuron, not outputs only")
    .option(...json);

runOptions(program.command("run").description("run a compiled folder on a data set")).action(
  lazily(async () => (await import("./run.ts")).runCommand),
);

runOptions(
  program.command("simulate").description("run the emitted program core by core: cycles, energy, traffic"),
).action(lazily(async () => (await import("./simulate.ts")).simulateCommand));

program
  .command("verify")
  .description("independent check of the certificate and the emitted files")
  .argument("<dir>", "build folder")
  .option(...json)
  .action(lazily(async () => (await import("./verify.ts")).verifyCommand));

dynamics(extents(program.command("inspect")))
  .description("print a model or a level of a build as text")
  .argument("<path>", "model or build folder")
  .option(
    "--level <level>",
    "tensor, native, integer, spiking or machine; by default the first that is there",
  )
  .option("--target <name>", "which target of the build (the first)")
  .option("--layer <name>", "only the lines that name this layer")
  .option(...json)
  .action(lazily(async () => (await import("./inspect.ts")).inspectCommand));

program
  .command("targets")
  .description("print the limits of each target with their sources")
  .argument("[name]", "one target")
  .option(...json)
  .action(lazily(async () => (await import("./targets.ts")).targetsCommand));

program
  .command("ops")
  .description("the operators that are read, what they become, and where each target runs them")
  .argument("[name]", "one operator, or a format: onnx, spk, nir")
  .option(...targets)
  .option(...json)
  .action(lazily(async () => (await import("./ops.ts")).opsCommand));

program
  .command("explain")
  .description("what a message means, by its code; a stage such as shape/ lists its codes")
  .argument("[code]", "the code of a message, as in error[shape/rank]")
  .option(...json)
  .action(lazily(async () => (await import("./explain.ts")).explainCommand));

program
  .command("fmt")
  .description("put .spk files into the one style; - reads stdin and writes stdout")
  .argument("<files...>", ".spk files")
  .option("--check", "write nothing; exit 1 and name the files that lack the style")
  .option(...json)
  .action(lazily(async () => (await import("./fmt.ts")).fmtCommand));

const wantsJson = process.argv.includes("--json");

process.stdout.on("error", (error: Error & { readonly code?: string }) => {
  if (error.code === "EPIPE") process.exit(exitCodes.done);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  else process.exitCode = fail(error, wantsJson);
}
