import { Rejected } from "../../compiler/diagnostics/index.ts";
import { programArtifacts } from "../../compiler/formats/program/index.ts";
import type { MachineProgram } from "../../compiler/ir/index.ts";
import type { Artifact } from "../../compiler/target/index.ts";
import { layoutOf } from "./layout.ts";
import { limitFaults } from "./limits.ts";
import { keyCountsOf, keysOf, machineOf, placementsOf, tablesDocumentOf } from "./make-documents.ts";
import { tablesOf } from "./tables.ts";

const text = (path: string, make: () => string): Artifact => ({
  path,
  bytes: () => [new TextEncoder().encode(make())],
});

/** One item a line. */
const listText = (items: readonly unknown[]): string =>
  items.length === 0 ? "[]\n" : `[\n${items.map((i) => JSON.stringify(i)).join(",\n")}\n]\n`;

/** An object whose last field is a long list. */
const objectText = (head: object, name: string, items: readonly unknown[]): string => {
  const fields = Object.entries(head).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},\n`,
  );
  return `{${fields.join("")}${JSON.stringify(name)}:${listText(items).trimEnd()}}\n`;
};

/**
 * PACMAN's machine, placements, routing tables and key counts, and our map of keys. The program has its routes already.
 */
const routingArtifacts = (program: MachineProgram): readonly Artifact[] => {
  const { topology } = program;
  const layout = layoutOf(program);
  const { tables, faults } = tablesOf(program, layout);
  const all = [...limitFaults(program), ...faults];
  if (all.length > 0) throw new Rejected(all);
  return [
    text("machine.json", () => {
      const { chips, ...head } = machineOf(layout.chips, topology.size);
      return objectText(head, "chips", chips);
    }),
    text("placements.json", () => listText(placementsOf(layout))),
    text("routing_tables.json", () => listText(tablesDocumentOf(tables))),
    text("n_keys_map.json", () => listText(keyCountsOf(program, layout))),
    text("keys.json", () => {
      const { senders, ...head } = keysOf(program, layout);
      return objectText(head, "senders", senders);
    }),
  ];
};

/** The program itself, and its routing. Throws Rejected with everything that does not fit a core or a router. */
export const writeFiles = (program: MachineProgram): readonly Artifact[] => [
  ...routingArtifacts(program),
  ...programArtifacts(program),
];
