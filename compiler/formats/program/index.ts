export { programDiagnostics } from "./diagnostics.ts";
export { readProgram } from "./read.ts";
export { programFiles } from "./sections.ts";
export { programArtifacts } from "./write.ts";
