import type { Weight } from "../../compiler/ir/core/index.ts";
import type { TensorGraph } from "../../compiler/ir/tensor/index.ts";
import type { NativeNetwork } from "../../compiler/native/index.ts";

/** What a recipe has to know about a target; all else about targets stays out of the language. */
export interface SpkTarget {
  readonly name: string;
  /** Modes that the target can run, for example `exact.spatial`. */
  readonly modes: readonly string[];
  /** Bits of a value that one spike can carry; 0 for plain spikes. */
  readonly payloadBits: number;
  /** Options such as `chips`. */
  readonly options: readonly string[];
}

export interface NativeModel {
  readonly kind: "native";
  readonly network: NativeNetwork;
}

/** The network of a NIR file: dynamics that run in time, or a plain function of its input. */
export type SpkModel = NativeModel | { readonly kind: "tensor"; readonly graph: TensorGraph };

/**
 * Everything from outside. Paths are the folder of the `.spk` file joined with the name in it.
 * A file that cannot be read is a Rejected; its messages are reported at the place of its name.
 */
export interface SpkHost {
  readonly readText: (path: string) => string;
  /** Arrays by name of `.npz`, `.npy`, `.safetensors`, and the initializers of `.onnx`. */
  readonly readWeights: (path: string) => ReadonlyMap<string, Weight>;
  /** The import of an `.onnx` file. */
  readonly readModel: (path: string) => TensorGraph;
  /** The import of a `.nir` file; the names of its weights are those of the node and of NIR: `lif1.tau`. */
  readonly readNir: (path: string) => SpkModel;
  readonly targets: readonly SpkTarget[];
}
