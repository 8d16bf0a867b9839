export { type Feasibility, judge, type Prepared, prepare, type Share } from "./feasible.ts";
export type { LayerRow } from "./layer-rows.ts";
export type { Place, PlacedNode } from "./places.ts";
export type { Engines, Refusal, Stage } from "./settle.ts";
export type { Fit } from "./systems.ts";
