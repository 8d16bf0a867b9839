export { encodeInput } from "./encode.ts";
export { type IntegerRun, runInteger, runLevels } from "./run.ts";
