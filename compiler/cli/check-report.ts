import type { Feasibility, LayerRow, Refusal } from "../feasibility/index.ts";
import { bad, bold, good, grouped, percent, type Terminal, table } from "./terminal.ts";

/** Lines of one reason; what follows is counted. */
const mostNodes = 6;

const part = (n: number, all: number): string => (all === 0 ? "none" : percent(n, all));

const coresText = ({ estimate, chips, system }: Feasibility): string | null => {
  if (estimate === null || chips === null) return null;
  const limited = estimate.bindingLimit === null ? "" : `, limited by ${estimate.bindingLimit}`;
  const where =
    system === null
      ? "no system of the family is known to hold them"
      : `smallest system ${system.count > 1 ? `${system.count} x ` : ""}${system.system}, ${grouped(system.chips)} chips`;
  return `about ${grouped(estimate.cores)} cores (modelled), at least ${grouped(estimate.coresBound)} (proved)${limited}; ${grouped(chips)} chips, ${where}`;
};

/** Refusals of one reason and remedy, with all nodes that they name. */
const printRefusals = (out: Terminal, refusals: readonly Refusal[]): void => {
  const groups = new Map<string, Refusal[]>();
  for (const refusal of refusals) {
    const { code, why, fix } = refusal.fault;
    const key = JSON.stringify([refusal.stage, code, why, fix]);
    groups.set(key, [...(groups.get(key) ?? []), refusal]);
  }
  for (const list of groups.values()) {
    const [first] = list;
    if (first === undefined) continue;
    const nodes = list.flatMap(({ fault }) => fault.where.node ?? []);
    const more = nodes.length > mostNodes ? ` and ${nodes.length - mostNodes} more` : "";
    const names = nodes.length === 0 ? "" : `${nodes.slice(0, mostNodes).join(", ")}${more}: `;
    out.line(`  ${bad("refused")}    by ${first.stage}: ${names}${first.fault.what}`);
    out.line(`             why: ${first.fault.why}`);
    out.line(`             fix: ${first.fault.fix}`);
  }
};

const printLayers = (out: Terminal, layers: readonly LayerRow[]): void => {
  const rows = layers.map((l) => [
    l.name,
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

/** One target, for people. */
export const printCheck = (out: Terminal, found: Feasibility, withLayers: boolean): void => {
  const { share, steps, spikeBound } = found;
  out.line("");
  out.line(`${bold(found.target)}  ${found.mode}  ${found.fits ? good("fits") : bad("does not fit")}`);
  const cores = coresText(found);
  if (cores !== null) out.line(`  cores      ${cores}`);
  if (steps !== null && spikeBound !== null)
    out.line(`  bounds     ${grouped(steps)} steps, at most ${grouped(spikeBound)} spikes a sample (proved)`);
  out.line(
    `  on chip    ${share.nodes} of ${share.allNodes} nodes, ${part(share.products, share.allProducts)} of products, ${part(share.parameters, share.allParameters)} of parameters`,
  );
  for (const { name, ops, bytesIn, bytesOut, where } of found.host)
    out.line(
      `  host       ${name} (${[...new Set(ops)].join(", ")}) ${where} the chip: ${grouped(bytesIn)} bytes in, ${grouped(bytesOut)} out a sample`,
    );
  printRefusals(out, found.refusals);
  if (withLayers) printLayers(out, found.layers);
};
