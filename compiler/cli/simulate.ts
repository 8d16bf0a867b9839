import { carrierOf, costsOf, type Meter, openMeter, reportCycles } from "../../runtime/cycle/index.ts";
import type { MachineProgram } from "../ir/index.ts";
import type { LoadedBuild, LoadedTarget } from "../pipeline/index.ts";
import { loadBackends } from "./backends.ts";
import type { Evaluation, SimulateDocument } from "./documents.ts";
import { engineOf } from "./engines.ts";
import { type EvaluateOptions, evaluate } from "./evaluate.ts";
import { exitCodes } from "./exit.ts";
import { firstProfile } from "./modelled.ts";
import { openProgram } from "./program.ts";
import { printRun } from "./report.ts";
import { comparedLevels, dataOf, subjectOf } from "./run.ts";
import type { RunFlags } from "./run-flags.ts";
import { runStreams } from "./run-native.ts";
import { openBuild, targetIn } from "./subject.ts";
import { bold, grouped, type Terminal, terminal } from "./terminal.ts";

const printCosts = (out: Terminal, d: SimulateDocument): void => {
  const { energyPicojoule: e, seconds_modelled: s, traffic } = d;
  out.line(
    `  time       ${grouped(d.cycles / d.samples)} cycles a sample (modelled, docs/pipeline.md)${s.value === null ? "" : `, ${grouped((s.value * 1e6) / d.samples, 1)} us a sample (${s.kind}: ${s.source})`}`,
  );
  out.line(
    `  energy     ${e.kind === "unknown" ? `unknown: ${e.source}` : `${grouped(e.total / 1e3 / d.samples, 1)} nJ a sample: synapses ${grouped(e.synapse / 1e3 / d.samples, 1)}, neurons ${grouped(e.neuron / 1e3 / d.samples, 1)}, network ${grouped(e.network / 1e3 / d.samples, 1)} (${e.kind}: ${e.source})`}`,
  );
  out.line(
    `  traffic    ${grouped(traffic.packets / d.samples)} packets, ${grouped(traffic.unicastHops / d.samples)} unicast hops a sample; busiest core ${d.busiestCore}`,
  );
};

interface Metered {
  readonly run: Evaluation;
  /** Steps of all samples; 0 where the program says itself when a sample ends. */
  readonly allSteps: number;
}

/** Runs the emitted program while the meter looks on. */
const runMetered = (
  build: LoadedBuild,
  target: LoadedTarget,
  program: MachineProgram,
  meter: Meter,
  flags: RunFlags,
  common: Pick<EvaluateOptions, "progress" | "clock">,
): Metered => {
  if (build.kind === "native")
    return runStreams(build, { target: target.name, program }, flags, { ...common, meter });
  const subject = {
    ...subjectOf(build, target, program),
    spiking: engineOf(program.network, build.integer, carrierOf(program, meter)),
    machine: null,
  };
  const run = evaluate(subject, dataOf(build, flags), {
    compare: comparedLevels(flags.compare ?? ["integer"]),
    neurons: flags.neurons === true,
    ...common,
  });
  return { run, allSteps: 0 };
};

/** `spikefold simulate DIR --data FILE`: the emitted program, core by core. */
export const simulateCommand = async (folder: string, flags: RunFlags): Promise<number> => {
  const out = terminal(flags.json === true);
  const build = openBuild(folder);
  const target = targetIn(build, flags.target);
  const program = openProgram(folder, target.name);
  const [backend] = await loadBackends([target.name]);
  const costs = costsOf(backend === undefined ? {} : firstProfile(backend.target));
  const meter = openMeter(program, costs);
  const { run, allSteps } = runMetered(build, target, program, meter, flags, {
    progress: (done, total) => out.progress(`${done} of ${total} samples`),
    clock: () => performance.now(),
  });
  const report = reportCycles(program, meter.finish(allSteps), costs);
  const { energyPicojoule, traffic } = report;
  const document: SimulateDocument = {
    ...run,
    schema: "spikefold/simulate@1",
    cycles: report.cycles,
    seconds_modelled: report.seconds,
    energyPicojoule,
    traffic: {
      packets: traffic.packets,
      unicastHops: traffic.unicastHops,
      multicastHops: traffic.multicastHops,
      peakLink: traffic.peakLink,
    },
    busiestCore: report.busiestCore,
  };
  out.document(document);
  out.line(`${bold(target.name)}  ${target.mode}, program on ${grouped(program.cores.length)} cores`);
  printRun(out, run);
  printCosts(out, document);
  return run.equality.mismatchedSamples > 0 ? exitCodes.failed : exitCodes.done;
};
