import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { profile } from "../../../backends/simulator/target.ts";
import {
  type MachineProgram,
  type Numbers,
  type Shape,
  type SpikingNetwork,
  sha256,
} from "../../../compiler/ir/index.ts";
import {
  type CycleReport,
  carrierOf,
  costsOf,
  openMeter,
  reportCycles,
} from "../../../runtime/cycle/index.ts";
import { type Recorder, runSpiking } from "../../../runtime/spiking/index.ts";
import { repoBytes } from "../../shared-data.ts";
import type { Installed } from "./installed.ts";

/** Cost and hash of all messages and levels of one sample. */
export interface Fingerprint {
  readonly cost: CycleReport;
  readonly hash: string;
}

/** What the interpreter sends along the projections, hashed as `print-spikes.mjs` does: one hash a sample. */
export const interpreted = (
  network: SpikingNetwork,
  name: string,
  samples: readonly Numbers[],
): readonly string[] =>
  samples.map((sample) => {
    const sent = new Map(network.populations.map((p): [string, number[][]] => [p.id, []]));
    const recorder: Recorder = (m) => {
      sent.get(m.population)?.push([m.element, m.step, m.place, m.digit]);
    };
    const result = runSpiking(network, new Map([[name, sample]]), { recorder });
    const values = network.populations.map((p) => [...result.at(p.id).data]);
    return sha256(JSON.stringify({ messages: [...sent.values()], values }));
  });

/** What one sample costs on the lists that the mapper made. */
export const costOf = (program: MachineProgram, name: string, sample: Numbers): CycleReport => {
  const costs = costsOf(profile);
  const meter = openMeter(program, costs);
  const options = { carrier: carrierOf(program, meter) };
  const { counters } = runSpiking(program.network, new Map([[name, sample]]), options);
  return reportCycles(program, meter.finish(counters.steps), costs);
};

const isFingerprint = (v: unknown): v is Fingerprint =>
  typeof v === "object" && v !== null && "cost" in v && "hash" in v;

/** What a compiled program in a folder sends, in a process of its own. */
export const generated = (
  place: Installed,
  folder: string,
  shape: Shape,
  samples: readonly Numbers[],
): readonly Fingerprint[] => {
  writeFileSync(join(folder, "print-spikes.mjs"), repoBytes("test/backends/simulator/print-spikes.mjs"));
  writeFileSync(
    join(folder, "samples.bin"),
    Buffer.concat(samples.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
  );
  const said = place.node(folder, ["print-spikes.mjs", "samples.bin", ...shape.map(String)]);
  if (said.code !== 0) throw new Error(said.errors);
  const lines: unknown[] = said.out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return lines.filter(isFingerprint);
};
