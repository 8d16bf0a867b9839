import type { Fact, Target } from "../target/index.ts";
import { backendNames, loadBackends } from "./backends.ts";
import { exitCodes } from "./exit.ts";
import { bold, table, terminal } from "./terminal.ts";

const shown = (fact: Fact): { readonly value: string; readonly unit: string; readonly source: string } =>
  "value" in fact
    ? { value: String(fact.value), unit: fact.unit, source: fact.source }
    : { value: "unknown", unit: fact.unknown, source: fact.source };

const factsOf = (target: Target): readonly (readonly [string, Fact])[] => [
  ...Object.entries(target.capacity),
  ["cores per chip", target.coresPerChip],
  ...(target.cell === null
    ? []
    : ([
        ["sum of one step and sign", target.cell.signedSumLimit],
        ["extra delay", target.cell.maxDelay],
        ["least decay of v", target.cell.leastDecay],
      ] as const)),
  ...Object.entries(target.profiles).flatMap(([profile, events]) =>
    Object.entries(events).map(([event, fact]): readonly [string, Fact] => [`${profile}: ${event}`, fact]),
  ),
];

const document = (target: Target): unknown => ({
  name: target.name,
  summary: target.summary,
  modes: target.modes,
  facts: factsOf(target).map(([name, fact]) => ({ name, ...shown(fact) })),
});

/** `spikefold targets [name]`: limits with their sources. */
export const targetsCommand = async (
  name: string | undefined,
  options: { readonly json?: boolean },
): Promise<number> => {
  const out = terminal(options.json === true);
  const backends = await loadBackends(name === undefined ? backendNames : [name]);
  out.document({ schema: "spikefold/targets@1", targets: backends.map((b) => document(b.target)) });
  for (const { target } of backends) {
    out.line(`${bold(target.name)}  ${target.summary}`);
    out.line(`modes: ${target.modes.join(", ")}`);
    const rows = factsOf(target).map(([what, fact]) => [
      what,
      shown(fact).value,
      shown(fact).unit,
      shown(fact).source,
    ]);
    for (const line of table(["limit", "value", "unit", "source"], rows)) out.line(line);
    out.line("");
  }
  return exitCodes.done;
};
