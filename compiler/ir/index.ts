export * from "./core/index.ts";
export * from "./integer/index.ts";
export * from "./linear/index.ts";
export * from "./machine/index.ts";
export * from "./spiking/index.ts";
export * from "./tensor/index.ts";
