import type { ElementType } from "../../../runtime/files/index.ts";
import { type Diagnostic, Rejected } from "../../diagnostics/index.ts";
import type { Shape } from "../../ir/core/index.ts";
import type { H5Dataset, H5Group, H5Values } from "./tree.ts";

/** An array of numbers as it is stored. */
export interface H5Array {
  readonly shape: Shape;
  readonly dtype: ElementType;
  readonly data: Float64Array;
}

/** How a format words what is wrong with a field. */
export interface FieldFaults {
  readonly missing: (field: string) => Diagnostic;
  readonly bad: (field: string, fault: string, wanted: string) => Diagnostic;
}

interface Decoded {
  readonly dataset: H5Dataset;
  readonly values: H5Values;
}

/** Stands in for a field whose fault is told; nothing that was read with faults leaves a reader. */
const nothing: H5Array = { shape: [1], dtype: "f64", data: new Float64Array(1) };

/** Most extents of a shape, and the largest whole number. */
const limits = { rank: 8, extent: 2 ** 28 } as const;

/** Reads the datasets of one group as the parameters of a node or a layer; collects faults, does not stop at the first. */
export class Fields {
  private readonly group: H5Group;
  private readonly say: FieldFaults;
  private readonly faults: Diagnostic[];
  /** What was decoded, or null with its fault told. */
  private readonly decoded = new Map<string, Decoded | null>();

  constructor(group: H5Group, say: FieldFaults, faults: Diagnostic[]) {
    this.group = group;
    this.say = say;
    this.faults = faults;
  }

  /** Tells a fault of one field. */
  bad(field: string, fault: string, wanted: string): void {
    this.faults.push(this.say.bad(field, fault, wanted));
  }

  private missing(field: string): void {
    this.faults.push(this.say.missing(field));
  }

  has(field: string): boolean {
    return this.group.children.has(field);
  }

  private values(field: string): Decoded | null {
    const known = this.decoded.get(field);
    if (known !== undefined) return known;
    const found = this.decode(field);
    this.decoded.set(field, found);
    return found;
  }

  private decode(field: string): Decoded | null {
    const dataset = this.group.children.get(field);
    if (dataset === undefined) return null;
    if (dataset.kind === "group") {
      this.bad(field, "it is a group of fields", "an array");
      return null;
    }
    try {
      return { dataset, values: dataset.read() };
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      this.faults.push(...error.diagnostics);
      return null;
    }
  }

  private numbers(field: string): H5Array | null {
    const found = this.values(field);
    if (found === null) return null;
    const { dataset, values } = found;
    if (values.kind === "numbers") return { shape: dataset.shape, dtype: values.dtype, data: values.data };
    this.bad(field, "it holds text", "numbers");
    return null;
  }

  /** An array of finite numbers; a scalar is an array of one. */
  array(field: string): H5Array {
    if (!this.has(field)) this.missing(field);
    return this.optionalArray(field) ?? nothing;
  }

  optionalArray(field: string): H5Array | null {
    const found = this.numbers(field);
    if (found === null) return null;
    if (found.data.length === 0) this.bad(field, "it is empty", "at least one number");
    const wrong = found.data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) this.bad(field, `value ${wrong} is ${found.data[wrong]}`, "finite numbers");
    return found.shape.length === 0 ? { ...found, shape: [1] } : found;
  }

  /** An array whose numbers all are above zero: time constants. */
  positive(field: string): H5Array {
    const found = this.array(field);
    if (found === nothing) return found;
    const wrong = found.data.findIndex((value) => !(value > 0));
    if (wrong >= 0) this.bad(field, `value ${wrong} is ${found.data[wrong]}`, "numbers above 0");
    return found;
  }

  /** An array of whole numbers from `low` to `high`. */
  integers(field: string, low: number, high: number): H5Array {
    const found = this.array(field);
    const wrong = found.data.findIndex(
      (value) => !(Number.isInteger(value) && value >= low && value <= high),
    );
    if (wrong >= 0 && found !== nothing)
      this.bad(field, `value ${wrong} is ${found.data[wrong]}`, `whole numbers from ${low} to ${high}`);
    return found;
  }

  optionalIntegers(field: string, low: number, high: number): H5Array | null {
    return this.has(field) ? this.integers(field, low, high) : null;
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
  pair(field: string, low: number, otherwise: number | null = null): readonly [number, number] {
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

  optionalPair(field: string, low: number): readonly [number, number] | null {
    return this.has(field) ? this.pair(field, low) : null;
  }

  /** The one text of a field; null when there is no such field, or numbers in it. */
  word(field: string): string | null {
    const found = this.values(field);
    if (found === null || found.values.kind === "numbers") return null;
    return found.values.data.length === 1 ? (found.values.data[0] ?? null) : null;
  }

  /** The fields of a group in this one; null when there is none. */
  inside(field: string): Fields | null {
    const group = this.group.children.get(field);
    if (group === undefined) return null;
    if (group.kind === "group") return new Fields(group, within(this.say, field), this.faults);
    this.bad(field, "it is an array", "a group of fields");
    return null;
  }
}

const within = (say: FieldFaults, group: string): FieldFaults => ({
  missing: (field) => say.missing(`${group}/${field}`),
  bad: (field, fault, wanted) => say.bad(`${group}/${field}`, fault, wanted),
});
