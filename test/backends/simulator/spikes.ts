import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Numbers, type Shape, type SpikingNetwork, sha256 } from "../../../compiler/ir/index.ts";
import { runSpiking } from "../../../runtime/spiking/index.ts";
import { repoBytes } from "../../shared-data.ts";
import type { Installed } from "./installed.ts";

/** Steps and hash of all messages and levels of one sample. */
export interface Fingerprint {
  readonly steps: number;
  readonly hash: string;
}

/** What the interpreter sends, hashed as `print-spikes.mjs` does. */
export const interpreted = (
  network: SpikingNetwork,
  name: string,
  samples: readonly Numbers[],
): readonly Fingerprint[] =>
  samples.map((sample) => {
    const sent = new Map(network.populations.map((p): [string, number[][]] => [p.id, []]));
    const recorder = (m: {
      readonly population: string;
      readonly element: number;
      readonly step: number;
      readonly place: number;
      readonly digit: number;
    }): void => {
      sent.get(m.population)?.push([m.element, m.step, m.place, m.digit]);
    };
    const result = runSpiking(network, new Map([[name, sample]]), { recorder });
    const values = network.populations.map((p) => [...result.at(p.id).data]);
    return {
      steps: result.counters.steps,
      hash: sha256(JSON.stringify({ messages: [...sent.values()], values })),
    };
  });

const isFingerprint = (v: unknown): v is Fingerprint =>
  typeof v === "object" && v !== null && "steps" in v && "hash" in v;

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
