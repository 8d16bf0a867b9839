import type { Fuzzer } from "./fuzzer.ts";

const onnxFuzzer = async (): Promise<Fuzzer> => {
  const { judge, mutant } = await import("./onnx.ts");
  return {
    name: "onnx",
    mutant,
    read: (bytes) => (judge(bytes) === "imported" ? "accepted" : "refused"),
  };
};

/** Every format under test, by the name that `--format` takes; the seeds of one are made when it is asked for. */
export const formats: Readonly<Record<string, () => Promise<Fuzzer>>> = {
  onnx: onnxFuzzer,
  nir: async () => (await import("./nir.ts")).nirFuzzer(),
  net: async () => (await import("./net.ts")).netFuzzer(),
  npy: async () => (await import("./arrays.ts")).npyFuzzer(),
  npz: async () => (await import("./arrays.ts")).npzFuzzer(),
  spk: async () => (await import("./spk.ts")).spkFuzzer(),
};
