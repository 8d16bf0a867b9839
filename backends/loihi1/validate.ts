import { type Diagnostic, inFile, orFaults, Rejected } from "../../compiler/diagnostics/index.ts";
import { programFiles, readProgram } from "../../compiler/formats/program/index.ts";
import { type Core, item, type MachineProgram, type SynapseLists } from "../../compiler/ir/index.ts";
import { limitsOf, resources, usesOf } from "../../compiler/map/index.ts";
import { valueOf as numberOf } from "../../compiler/target/index.ts";
import { cost } from "./cost.ts";
import { loihi1Diagnostics } from "./diagnostics.ts";
import { target } from "./target.ts";

const { report } = loihi1Diagnostics;
const json = inFile(programFiles.json);
const binary = inFile(programFiles.binary);

/** A recount against what is written and against the limits. */
const capacityFaults = (program: MachineProgram): readonly Diagnostic[] => {
  const limits = limitsOf(target);
  return usesOf(program, cost).flatMap((uses, core) =>
    uses.flatMap(({ amount: counted, resource }, r): readonly Diagnostic[] => {
      const said = item(program.cores, core).uses.find((u) => u.resource === resource)?.amount ?? -1;
      const limit = item(limits, r);
      return [
        ...(counted > limit
          ? [report("core-overflow", json, { core, needed: counted, resource: item(resources, r), limit })]
          : []),
        ...(counted === said ? [] : [report("count-differs", json, { core, resource, said, counted })]),
      ];
    }),
  );
};

/** The first weight of a core that is off the chip's grid. */
const weightFaults = (
  { mantissa, kind }: SynapseLists,
  { formats }: Core,
  core: number,
): readonly Diagnostic[] => {
  const { low, high, step, exponents } = target.grid;
  const [least, most] = exponents;
  for (let s = 0; s < mantissa.length; s++) {
    const m = mantissa[s] ?? 0;
    const exponent = formats[kind[s] ?? 0]?.exponent ?? -1;
    if (m % step === 0 && m >= low && m <= high && exponent >= least && exponent <= most) continue;
    return [report("weight-off-grid", binary, { core, mantissa: m, step, low, high, exponent, least, most })];
  }
  return [];
};

const delayFaults = ({ formats }: Core, core: number): readonly Diagnostic[] => {
  const limit = numberOf(target.cell?.maxDelay ?? { unknown: "no cell", source: "" }) ?? Infinity;
  const delay = formats.reduce((most, f) => Math.max(most, f.delay), 0);
  return delay > limit ? [report("delay-too-long", json, { core, delay, limit })] : [];
};

const placeFaults = ({ cores, topology }: MachineProgram): readonly Diagnostic[] => {
  const seen = new Set<string>();
  return cores.flatMap(({ chip, router: [x, y], port }, core): readonly Diagnostic[] => {
    const place = `core ${port} of tile ${x},${y} of chip ${chip}`;
    const taken = seen.has(place);
    seen.add(place);
    if (topology.kind !== "mesh")
      return [report("core-unplaced", json, { core, reason: "the machine is no mesh" })];
    const inside =
      chip < topology.chips && x < topology.size[0] && y < topology.size[1] && port < topology.coresPerRouter;
    if (!inside || Math.min(chip, x, y, port) < 0)
      return [report("core-unplaced", json, { core, reason: `the machine has no ${place}` })];
    return taken ? [report("core-unplaced", json, { core, reason: `${place} is taken` })] : [];
  });
};

const programOf = (files: ReadonlyMap<string, Uint8Array>): MachineProgram => {
  const all = Object.values(programFiles);
  const missing = all.filter((file) => !files.has(file));
  if (missing.length > 0)
    throw new Rejected(
      missing.map((file) => report("file-missing", inFile(file), { file, all: all.join(", ") })),
    );
  const bytes = (file: string): Uint8Array => files.get(file) ?? new Uint8Array();
  return readProgram(bytes(programFiles.json), bytes(programFiles.binary));
};

/** Reads the written files again, recounts every core and checks weights, delays and places against the chip. */
export const validateProgram = (files: ReadonlyMap<string, Uint8Array>): readonly Diagnostic[] =>
  orFaults(() => {
    const program = programOf(files);
    const perCore = program.cores.flatMap((core, c) => [
      ...weightFaults(item(program.lists, c), core, c),
      ...delayFaults(core, c),
    ]);
    return [...placeFaults(program), ...perCore, ...capacityFaults(program)];
  });
