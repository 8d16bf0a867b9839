export * from "./build.ts";
export * from "./compile.ts";
export * from "./files.ts";
export * from "./load.ts";
export * from "./options.ts";
export * from "./target-stage.ts";
