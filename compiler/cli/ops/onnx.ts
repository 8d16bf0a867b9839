import { Rejected } from "../../diagnostics/index.ts";
import { onnxOperators, sampleOperator } from "../../formats/onnx/index.ts";
import type { Backend } from "../../target/index.ts";
import type { RowMaker, SupportRow } from "./row.ts";
import { opsOf, read, refusedByReader, verdictsOf } from "./verdict.ts";

const full = (domain: string, op: string): string => (domain === "" ? op : `${domain}.${op}`);

type Operator = (typeof onnxOperators)[number];

const readRows = (operator: Operator, name: string, backends: readonly Backend[]): readonly SupportRow[] =>
  sampleOperator(operator).map(({ note, graph }) => ({
    format: "onnx",
    name,
    note,
    becomes: graph === null ? [] : opsOf(graph),
    verdicts: graph === null ? backends.map(() => read) : verdictsOf(graph, backends),
  }));

/** An operator whose usual form is refused says so, like every other refusal. */
const operatorRows = (operator: Operator, backends: readonly Backend[]): readonly SupportRow[] => {
  const name = full(operator.domain, operator.op);
  try {
    return readRows(operator, name, backends);
  } catch (error) {
    const [fault] = error instanceof Rejected ? error.diagnostics : [];
    if (fault === undefined) throw error;
    return [
      { format: "onnx", name, note: "", becomes: [], verdicts: backends.map(() => refusedByReader(fault)) },
    ];
  }
};

const rowsOf = (name: string, backends: readonly Backend[]): readonly SupportRow[] =>
  onnxOperators
    .filter(({ domain, op }) => full(domain, op) === name)
    .flatMap((operator) => operatorRows(operator, backends));

/** Every operator that the importer reads, in its usual forms. */
export const onnxRows: RowMaker = {
  names: onnxOperators.map(({ domain, op }) => full(domain, op)),
  rows: rowsOf,
};
