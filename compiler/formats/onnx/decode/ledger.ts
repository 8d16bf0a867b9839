import { type Diagnostic, inFile, quoteName, Rejected, type Where } from "../../../diagnostics/index.ts";
import { onnxDiagnostics } from "../diagnostics.ts";
import { limits } from "./limits.ts";

export type Counted = "nodes" | "initializers" | "entries";

/** What one decoding run has found so far: faults to report together, and how much of each limit is used. */
export class Ledger {
  readonly file: string;
  private readonly found: Diagnostic[] = [];
  private readonly spent = { nodes: 0, initializers: 0, entries: 0 };

  constructor(file: string) {
    this.file = file;
  }

  get where(): Where {
    return inFile(this.file);
  }

  /** A fault that does not stop the reading. */
  fault(diagnostic: Diagnostic): void {
    this.found.push(diagnostic);
  }

  /** Runs `read`, then names the node in the faults found meanwhile that have no place yet. */
  within<T extends { readonly name: string; readonly outputs: readonly string[] }>(read: () => T): T {
    const before = this.found.length;
    const node = read();
    const name = quoteName(node.name === "" ? (node.outputs[0] ?? "") : node.name);
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
    if (this.spent[subject] <= limits[subject]) return;
    const holes = { subject, value: `more than ${limits[subject]}`, limit: limits[subject] };
    throw new Rejected([...this.found, onnxDiagnostics.report("limit", this.where, holes)]);
  }

  /** Throws Rejected with all faults when there are any. */
  settle(): void {
    if (this.found.length > 0) throw new Rejected(this.found);
  }
}
