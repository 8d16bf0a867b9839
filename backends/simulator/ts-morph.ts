import { createRequire } from "node:module";
import type * as TsMorph from "ts-morph";

const require = createRequire(import.meta.url);

/** The writer of TypeScript. It takes half a second to load, so it is loaded when a program is written. */
export const tsMorph = (): typeof TsMorph => require("ts-morph");
