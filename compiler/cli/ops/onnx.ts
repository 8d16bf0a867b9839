import { onnxOperators, sampleOperator } from "../../formats/onnx/index.ts";
import type { Backend } from "../../target/index.ts";
import type { RowMaker, SupportRow } from "./row.ts";
import { opsOf, read, verdictsOf } from "./verdict.ts";

const full = (domain: string, op: string): string => (domain === "" ? op : `${domain}.${op}`);

const rowsOf = (name: string, backends: readonly Backend[]): readonly SupportRow[] =>
  onnxOperators
    .filter(({ domain, op }) => full(domain, op) === name)
    .flatMap(sampleOperator)
    .map(({ note, graph }) => ({
      format: "onnx",
      name,
      note,
      becomes: graph === null ? [] : opsOf(graph),
      verdicts: graph === null ? backends.map(() => read) : verdictsOf(graph, backends),
    }));

/** Every operator that the importer reads, in its usual forms. */
export const onnxRows: RowMaker = {
  names: onnxOperators.map(({ domain, op }) => full(domain, op)),
  rows: rowsOf,
};
