import type { NeuronModel } from "../../../compiler/ir/spiking/index.ts";
import { type Membranes, openMembranes, restartMembranes } from "../membrane.ts";
import type { Site } from "../wiring.ts";
import { type Lists, openLists } from "./outbox.ts";
import { openSigmaDeltas, restartSigmaDeltas, type SigmaDeltas } from "./sigma-delta.ts";

/** State of a population in a native run; `lists` hold its messages where it sends numbers. */
export type SiteState = { readonly site: Site } & (
  | { readonly kind: "events" }
  | { readonly kind: "relay"; readonly sent: Float64Array; readonly lists: Lists }
  | { readonly kind: "sum"; readonly sums: Float64Array }
  | { readonly kind: "membrane"; readonly cells: Membranes; readonly lists: Lists }
  | { readonly kind: "sigmaDelta"; readonly cells: SigmaDeltas; readonly lists: Lists }
);

const stateFor = (site: Site, model: NeuronModel, keepsCurrent: boolean): SiteState => {
  switch (model.kind) {
    case "events":
      return { site, kind: "events" };
    case "relay":
      return { site, kind: "relay", sent: new Float64Array(site.size), lists: openLists(site.size) };
    case "sum":
      return { site, kind: "sum", sums: new Float64Array(site.size) };
    case "membrane":
      return {
        site,
        kind: "membrane",
        cells: openMembranes(site, model, keepsCurrent),
        lists: openLists(site.size),
      };
    case "sigmaDelta":
      return { site, kind: "sigmaDelta", cells: openSigmaDeltas(site, model), lists: openLists(site.size) };
    default:
      throw new Error(`${site.id} is a ${model.kind}, which no stream of events drives`);
  }
};

/** `keepsCurrent`: i of membranes is kept for a trace. */
export const openState = (site: Site, keepsCurrent: boolean): SiteState =>
  stateFor(site, site.population.model, keepsCurrent);

/** The state before the first step. */
export const restart = (state: SiteState): void => {
  if (state.kind === "membrane") restartMembranes(state.cells);
  else if (state.kind === "sigmaDelta") restartSigmaDeltas(state.cells);
  else if (state.kind === "sum") state.sums.fill(0);
};
