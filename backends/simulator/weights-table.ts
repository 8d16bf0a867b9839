import { sha256 } from "../../compiler/ir/index.ts";
import { literal } from "./literal.ts";
import type { Names } from "./names.ts";

/** Name of the binary beside the program. */
export const weightsFile = "weights.bin";

/** The table of arrays as an expression, one a line, with the hash of the bytes of each. */
export const weightsTable = ({ weights, weightNames, spelling }: Names): string => {
  const bytes = weights.bytes();
  const lines = weights.entries().map(({ label, name, dtype, shape, offset, bytes: length }) => {
    const hash = sha256(bytes.subarray(offset, offset + length));
    return `  ${weightNames.get(label)}: ${literal({ name, dtype, shape, offset, sha256: hash }, spelling)},\n`;
  });
  return `openWeights(import.meta, ${literal(weightsFile, spelling)}, {\n${lines.join("")}})`;
};
