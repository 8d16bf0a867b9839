import { atNode, type Diagnostic, quoteName, Rejected } from "../../diagnostics/index.ts";
import type { Shape } from "../../ir/core/index.ts";
import type { H5Dataset, H5Group, H5Values } from "../hdf5/index.ts";
import { nirDiagnostics } from "./diagnostics.ts";
import type { NirArray, Padding, Pair } from "./graph.ts";

/** Stands in for a field whose fault is told; nothing that was read with faults leaves the reader. */
const nothing: NirArray = { shape: [1], dtype: "f64", data: new Float64Array(1) };

/** Most extents of a shape, and the largest. */
const limits = { rank: 8, extent: 2 ** 28 } as const;

/** Reads the fields of one node; collects faults instead of stopping at the first. */
export class Fields {
  private readonly group: H5Group;
  private readonly node: string;
  private readonly type: string;
  private readonly file: string;
  private readonly faults: Diagnostic[];

  constructor(group: H5Group, node: string, type: string, file: string, faults: Diagnostic[]) {
    this.group = group;
    this.node = quoteName(node);
    this.type = type;
    this.file = file;
    this.faults = faults;
  }

  /** Tells a fault of one field. */
  bad(field: string, fault: string, wanted: string): void {
    const where = atNode(this.node, this.file);
    this.faults.push(nirDiagnostics.report("bad-field", where, { field, node: this.node, fault, wanted }));
  }

  private missing(field: string): void {
    const holes = { node: this.node, type: this.type, field };
    this.faults.push(nirDiagnostics.report("missing-field", atNode(this.node, this.file), holes));
  }

  private dataset(field: string): H5Dataset | null {
    const found = this.group.children.get(field);
    if (found === undefined) return null;
    if (found.kind === "dataset") return found;
    this.bad(field, "it is a group of fields", "an array");
    return null;
  }

  has(field: string): boolean {
    return this.group.children.has(field);
  }

  private values(dataset: H5Dataset): H5Values | null {
    try {
      return dataset.read();
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      this.faults.push(...error.diagnostics);
      return null;
    }
  }

  private numbers(field: string): (NirArray & { readonly data: Float64Array }) | null {
    const dataset = this.dataset(field);
    if (dataset === null) return null;
    const values = this.values(dataset);
    if (values === null) return null;
    if (values.kind === "texts") {
      this.bad(field, "it holds text", "numbers");
      return null;
    }
    return { shape: dataset.shape, dtype: values.dtype, data: values.data };
  }

  /** An array of finite numbers; a scalar is an array of one. */
  array(field: string): NirArray {
    if (!this.has(field)) this.missing(field);
    return this.optionalArray(field) ?? nothing;
  }

  optionalArray(field: string): NirArray | null {
    const found = this.numbers(field);
    if (found === null) return null;
    if (found.data.length === 0) this.bad(field, "it is empty", "at least one number");
    const wrong = found.data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) this.bad(field, `value ${wrong} is ${found.data[wrong]}`, "finite numbers");
    return found.shape.length === 0 ? { ...found, shape: [1] } : found;
  }

  /** An array whose numbers all are above zero: time constants. */
  positive(field: string): NirArray {
    const found = this.array(field);
    if (found === nothing) return found;
    const wrong = found.data.findIndex((value) => !(value > 0));
    if (wrong >= 0) this.bad(field, `value ${wrong} is ${found.data[wrong]}`, "numbers above 0");
    return found;
  }

  private wholes(field: string, low: number): readonly number[] | null {
    const found = this.numbers(field);
    if (found === null) return null;
    const fits = (n: number): boolean => Number.isSafeInteger(n) && n >= low && n <= limits.extent;
    if (found.shape.length <= 1 && found.data.length <= limits.rank && found.data.every(fits))
      return [...found.data];
    this.bad(
      field,
      `it is ${[...found.data.slice(0, 8)].join(", ")}`,
      `whole numbers from ${low} to ${limits.extent}`,
    );
    return null;
  }

  /** A shape of extents above zero. */
  shape(field: string): Shape {
    if (!this.has(field)) this.missing(field);
    return this.wholes(field, 1) ?? [1];
  }

  optionalShape(field: string): Shape | null {
    return this.wholes(field, 1);
  }

  int(field: string, low: number, otherwise: number | null = null): number {
    if (!this.has(field)) {
      if (otherwise === null) this.missing(field);
      return otherwise ?? low;
    }
    const found = this.wholes(field, low);
    if (found === null) return low;
    const [value = low, ...more] = found;
    if (found.length === 0 || more.length > 0) this.bad(field, `it has ${found.length} values`, "one number");
    return value;
  }

  /** Rows and columns; one number stands for both. */
  pair(field: string, low: number, otherwise: number | null = null): Pair {
    if (!this.has(field)) {
      if (otherwise === null) this.missing(field);
      return [otherwise ?? low, otherwise ?? low];
    }
    const found = this.wholes(field, low);
    if (found === null) return [low, low];
    const [rows = low, columns = rows] = found;
    if (found.length < 1 || found.length > 2)
      this.bad(field, `it has ${found.length} values`, "one or two numbers");
    return [rows, columns];
  }

  optionalPair(field: string, low: number): Pair | null {
    return this.has(field) ? this.pair(field, low) : null;
  }

  /** A number, or one of the words `same` and `valid`. */
  padding<T>(field: string, amount: (field: string) => T): Padding<T> {
    const dataset = this.dataset(field);
    const values = dataset === null ? null : this.values(dataset);
    if (values === null || values.kind === "numbers") return amount(field);
    const [word] = values.data;
    if (word === "same" || word === "valid") return word;
    this.bad(field, `it is "${quoteName(word ?? "")}"`, '"same", "valid" or numbers');
    return "valid";
  }
}
