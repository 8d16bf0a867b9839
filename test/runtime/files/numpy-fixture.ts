import { readFileSync } from "node:fs";
import { repoFile } from "../../shared-data.ts";

interface NpyCase {
  readonly name: string;
  readonly base64: string;
  readonly shape: readonly number[];
  /** Decimal numbers with a blank between them, in row-major order. */
  readonly values: string;
  /** True when `numpy.save` and `writeNpy` should give the same bytes. */
  readonly canonical: boolean;
}

interface Fixture {
  readonly npy: readonly NpyCase[];
  readonly refused: readonly { readonly name: string; readonly base64: string }[];
  readonly npz: string;
  readonly npzCompressed: string;
  readonly safetensors: string;
}

/** Written by make-fixture.py with NumPy. */
export const fixture: Fixture = JSON.parse(readFileSync(repoFile("test/fixtures/tensor-files.json"), "utf8"));

export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
