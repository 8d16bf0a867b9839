export { exponentFor } from "./exponents.ts";
export * from "./map-network.ts";
export type { MappingReport } from "./report.ts";
export { limitsOf, type Resource, resources } from "./resources.ts";
export { routeProgram } from "./route.ts";
export { usesOf } from "./uses.ts";
