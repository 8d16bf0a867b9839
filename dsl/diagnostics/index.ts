export * from "./file.ts";
export * from "./language.ts";
export * from "./name.ts";
export * from "./option.ts";
export * from "./recipe.ts";
export * from "./shape.ts";
export * from "./syntax.ts";
export * from "./weights.ts";
