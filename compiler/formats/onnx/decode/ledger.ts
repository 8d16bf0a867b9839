import { type Diagnostic, inFile, quoteName, Rejected, type Where } from "../../../diagnostics/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import type { ExternalFiles } from "./external/external-files.ts";
import { limits } from "./limits.ts";
import type { OnnxNode } from "./model.ts";
import { nameOfNode } from "./node-name.ts";

type Counted = "nodes" | "initializers" | "functions" | "entries";

/** What one decoding run has found so far: faults to report together, and how much of each limit is used. */
export class Ledger {
  readonly file: string;
  /** Null when the model was given without its folder. */
  readonly external: ExternalFiles | null;
  private readonly found: Diagnostic[] = [];
  private readonly told = new Set<Diagnostic>();
  private readonly spent = { nodes: 0, initializers: 0, functions: 0, entries: 0 };
  private subgraphs = 0;
  private sparse = 0;

  constructor(file: string, external: ExternalFiles | null = null) {
    this.file = file;
    this.external = external;
  }

  get where(): Where {
    return inFile(this.file);
  }

  /** A fault that does not stop the reading. */
  fault(diagnostic: Diagnostic): void {
    this.found.push(diagnostic);
  }

  /** A fault that many parts of the model share, told at the first of them. */
  faultOnce(diagnostic: Diagnostic): void {
    if (this.told.has(diagnostic)) return;
    this.told.add(diagnostic);
    this.found.push(diagnostic);
  }

  /** Throws Rejected (`onnx/limit`): there are more than `limit` of something. */
  exceeded(subject: string, limit: number): never {
    const holes = { subject, value: `more than ${limit}`, limit };
    throw new Rejected([...this.found, onnxDiagnostics.report("limit", this.where, holes)]);
  }

  /** Runs `read` one subgraph deeper. Throws Rejected (`onnx/limit`) past the limit. */
  deeper<T>(read: () => T): T {
    if (this.subgraphs === limits.subgraphs) this.exceeded("subgraphs inside each other", limits.subgraphs);
    this.subgraphs++;
    const value = read();
    this.subgraphs--;
    return value;
  }

  /** Runs `read`, then names the node in the faults found meanwhile that have no place yet. */
  within(read: () => OnnxNode): OnnxNode {
    const before = this.found.length;
    const node = read();
    const name = quoteName(nameOfNode(node));
    for (let i = before; i < this.found.length; i++) {
      const fault = this.found[i];
      if (fault !== undefined && fault.where.node === null)
        this.found[i] = { ...fault, where: { ...fault.where, node: name } };
    }
    return node;
  }

  /** Counts one thing that takes memory. Throws Rejected (`onnx/limit`) past the limit. */
  spend(subject: Counted): void {
    this.spent[subject]++;
    if (this.spent[subject] > limits[subject]) this.exceeded(subject, limits[subject]);
  }

  /** Counts the elements that a sparse tensor stands for. Throws Rejected (`onnx/limit`) past the limit. */
  spendSparse(elements: number): void {
    this.sparse += elements;
    if (this.sparse > limits.allSparse) this.exceeded("elements in sparse tensors", limits.allSparse);
  }

  /** Throws Rejected with all faults when there are any. */
  settle(): void {
    if (this.found.length > 0) throw new Rejected(this.found);
  }
}
