import type { Args } from "../ir/index.ts";
import type { foldChannels } from "../passes/tensor/fold-channels.ts";
import type { quantize } from "../passes/tensor/quantize.ts";
import type { ModeName } from "../target/index.ts";

export type FoldOptions = Args<(typeof foldChannels)["options"]>;

export type QuantizeChoice = Args<(typeof quantize)["options"]>;

/** What one compile is asked to do. */
export interface CompileOptions {
  /** `auto` takes the first mode of each target. */
  readonly mode: ModeName | "auto";
  readonly fold: FoldOptions | null;
  readonly quantize: QuantizeChoice;
  readonly seed: number;
  readonly skip: readonly string[];
  readonly dumpAfter: readonly string[];
  readonly stopAfter: string | null;
  /** Check the contract of every pass by running both sides. */
  readonly verify: boolean;
}
