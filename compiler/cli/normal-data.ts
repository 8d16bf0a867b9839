import type { CalibrationSource } from "../../dsl/index.ts";
import { mixBits, normalFrom, numbers, randomFrom, sha256, sizeOf } from "../ir/index.ts";
import type { DataSet } from "../pass/index.ts";
import type { InputPort } from "./data.ts";

/** Samples of independent normal values, each drawn when it is asked for; sample i is the same however many there are. */
export const normalData = (
  { mean, std, seed }: Extract<CalibrationSource, { readonly kind: "normal" }>,
  port: InputPort,
  skip: number,
  size: number,
): DataSet => {
  const start = seed ?? 0;
  const count = sizeOf(port.shape);
  return {
    hash: sha256(JSON.stringify(["normal", mean, std, start, skip, size, port.shape])),
    size,
    sample: (index) => {
      const random = randomFrom(mixBits(start ^ mixBits(skip + index + 1)));
      const data = Float64Array.from({ length: count }, () => mean + std * normalFrom(random));
      return { inputs: new Map([[port.name, numbers(port.shape, data)]]), label: null };
    },
  };
};
