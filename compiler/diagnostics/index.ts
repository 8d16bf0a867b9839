export * from "./catalog.ts";
export * from "./diagnostic.ts";
export * from "./or-faults.ts";
export * from "./origin.ts";
export * from "./quote.ts";
export * from "./render.ts";
export * from "./unreachable.ts";
