import { quoteName } from "../diagnostics/index.ts";
import type { Feasibility, LayerRow, Refusal } from "../feasibility/index.ts";
import { bad, bold, good, grouped, percent, type Terminal, table } from "./terminal.ts";

/** Reasons of one kind that are shown; `--json` has all. */
const mostReasons = 6;
/** Nodes named for one reason. */
const mostNodes = 4;

const part = (n: number, all: number): string => (all === 0 ? "none" : percent(n, all));

const counted = (n: number, what: string): string => `${grouped(n)} ${what}${n === 1 ? "" : "s"}`;

const systemText = ({ chips, system, target, largest }: Feasibility): string | null => {
  if (chips === null || (system === null && largest === null)) return null;
  if (system === null)
    return `no system of ${target} has ${counted(chips, "chip")}; the largest known: ${largest?.system}, ${counted(largest?.chips ?? 0, "chip")}`;
  const many = system.count > 1 ? `${system.count} x ` : "";
  return `${counted(chips, "chip")}; the smallest system that holds them: ${many}${system.system}, ${counted(system.chips, "chip")}`;
};

const coresText = ({ cores, coresBound, bindingLimit }: NonNullable<Feasibility["estimate"]>): string => {
  const limited = bindingLimit === null ? "" : `, limited by ${bindingLimit}`;
  return `about ${counted(cores, "core")} (modelled), at least ${grouped(coresBound)} (proved)${limited}`;
};

const groupedBy = <T>(items: readonly T[], keyOf: (value: T) => string): readonly (readonly T[])[] => {
  const groups = new Map<string, T[]>();
  for (const value of items) {
    const key = keyOf(value);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(value);
  }
  return [...groups.values()];
};

const namesOf = (refusals: readonly Refusal[]): string => {
  const names = refusals.flatMap(({ fault }) => fault.where.node ?? []).map(quoteName);
  if (names.length === 0) return "";
  const more = names.length > mostNodes ? ` and ${names.length - mostNodes} more` : "";
  return `${names.slice(0, mostNodes).join(", ")}${more}: `;
};

/** Refusals with one remedy together: a line for each reason, with the nodes that it holds for. */
export const printRefusals = (out: Terminal, refusals: readonly Refusal[]): void => {
  const kinds = groupedBy(refusals, ({ stage, fault: { code, what, fix } }) =>
    JSON.stringify([stage, code, what, fix]),
  );
  for (const kind of kinds) {
    const [first] = kind;
    if (first === undefined) continue;
    out.line(`  ${bad("refused")}    by ${first.stage}: ${first.fault.what}`);
    const reasons = groupedBy(kind, ({ fault }) => fault.why);
    for (const reason of reasons.slice(0, mostReasons))
      out.line(`             ${namesOf(reason)}${reason[0]?.fault.why ?? ""}`);
    if (reasons.length > mostReasons)
      out.line(`             and ${reasons.length - mostReasons} more, listed by --json`);
    out.line(`             fix: ${first.fault.fix}`);
  }
};

const printLayers = (out: Terminal, layers: readonly LayerRow[]): void => {
  const rows = layers.map((l) => [
    quoteName(l.name),
    grouped(l.neurons),
    grouped(l.synapses),
    grouped(l.weightBytes),
    String(l.levels ?? "-"),
    String(l.sumBits),
    grouped(l.fanIn),
    grouped(l.fanOut),
    grouped(l.coresAtLeast),
    grouped(l.cores, 1),
  ]);
  const head = ["layer", "neurons", "synapses", "weight bytes", "levels", "sum bits"];
  for (const line of table([...head, "fan-in", "fan-out", "cores at least", "cores about"], rows))
    out.line(line);
};

const keyOf = ({ stage, fault: { code, where, why, fix } }: Refusal): string =>
  JSON.stringify([stage, code, where.node, why, fix]);

/** Refusals that hold for all of several targets. */
const commonTo = (targets: readonly Feasibility[]): readonly Refusal[] => {
  const [first, ...more] = targets.map((t) => new Map(t.refusals.map((r) => [keyOf(r), r])));
  if (first === undefined || more.length === 0) return [];
  return [...first].flatMap(([key, refusal]) => (more.every((m) => m.has(key)) ? [refusal] : []));
};

/** All targets, for people; what every one of them refuses is said once. */
export const printTargets = (out: Terminal, targets: readonly Feasibility[], withLayers: boolean): void => {
  const common = commonTo(targets);
  if (common.length > 0) {
    out.line("");
    out.line(`${bold("every target")}`);
    printRefusals(out, common);
  }
  const said = new Set(common.map(keyOf));
  for (const target of targets) printTarget(out, target, said, withLayers);
};

const partText = (where: Feasibility["host"][number]["where"]): string =>
  where === "between" ? "between layers of the chip" : `${where} the chip`;

const printTarget = (
  out: Terminal,
  found: Feasibility,
  said: ReadonlySet<string>,
  withLayers: boolean,
): void => {
  const { share, steps, spikeBound, estimate } = found;
  out.line("");
  out.line(`${bold(found.target)}  ${found.mode}  ${found.fits ? good("fits") : bad("does not fit")}`);
  if (estimate !== null) out.line(`  cores      ${coresText(estimate)}`);
  const system = systemText(found);
  if (system !== null) out.line(`  system     ${system}`);
  if (steps !== null && spikeBound !== null)
    out.line(`  bounds     ${grouped(steps)} steps, at most ${grouped(spikeBound)} spikes a sample (proved)`);
  out.line(
    `  on chip    ${share.nodes} of ${share.allNodes} nodes, ${part(share.products, share.allProducts)} of products, ${part(share.parameters, share.allParameters)} of parameters`,
  );
  for (const { name, ops, bytesIn, bytesOut, where } of found.host)
    out.line(
      `  host       ${quoteName(name)} (${[...new Set(ops)].join(", ")}) ${partText(where)}: ${grouped(bytesIn)} bytes in, ${grouped(bytesOut)} out a sample`,
    );
  printRefusals(
    out,
    found.refusals.filter((r) => !said.has(keyOf(r))),
  );
  if (withLayers) printLayers(out, found.layers);
};
