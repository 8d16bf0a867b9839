import type { ElementType } from "../../../runtime/files/index.ts";
import type { Shape } from "../../ir/core/index.ts";

/** A dataset's values, row-major: numbers (booleans are 0 and 1, 64-bit integers exact) or texts. */
export type H5Values =
  | { readonly kind: "numbers"; readonly dtype: ElementType; readonly data: Float64Array }
  | { readonly kind: "texts"; readonly data: readonly string[] };

/** An array of an HDF5 file; rank 0 is a scalar. */
export interface H5Dataset {
  readonly kind: "dataset";
  /** From the root, for example `/node/type`. */
  readonly path: string;
  readonly shape: Shape;
  /** Decodes the stored bytes. Throws Rejected for a type or a filter that is not read, or damaged bytes. */
  readonly read: () => H5Values;
}

export interface H5Group {
  readonly kind: "group";
  readonly path: string;
  /** By name, in the order of the names' bytes. */
  readonly children: ReadonlyMap<string, H5Object>;
}

export type H5Object = H5Group | H5Dataset;

/** What the writer takes: a dataset's values at hand, groups by name. */
export type H5Content = H5Leaf | ReadonlyMap<string, H5Content>;

export interface H5Leaf {
  readonly shape: Shape;
  readonly values: H5Values;
}
