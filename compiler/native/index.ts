export * as native from "./build.ts";
export * from "./diagnostics.ts";
export { joinedAxes } from "./joined-axes.ts";
export * from "./lower.ts";
export * from "./network.ts";
export * from "./options.ts";
export * from "./profile.ts";
export { type Rounded, roundWeights } from "./round-weights.ts";
