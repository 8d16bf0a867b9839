import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encode, type Field, parse, textOf } from "../../fuzz/onnx/tree.ts";
import { varint } from "./decode/encode.ts";

const inlined = (fields: readonly Field[], folder: string): readonly Field[] => {
  const entries = new Map(
    fields.flatMap((one): readonly [string, string][] => {
      if (one.kind !== "message" || one.of !== "entry") return [];
      const part = (field: number): string => textOf(one.fields.find((inner) => inner.field === field));
      return [[part(1), part(2)]];
    }),
  );
  const location = entries.get("location");
  if (location === undefined)
    return fields.map((one) =>
      one.kind === "message" ? { ...one, fields: inlined(one.fields, folder) } : one,
    );
  const file = readFileSync(join(folder, location));
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? file.length - offset);
  const rest = fields.filter(({ field }) => field !== 13 && field !== 14);
  return [...rest, { kind: "bytes", field: 9, bytes: file.subarray(offset, offset + length) }];
};

/** The bytes of a model of which all weights are inside. */
export const selfContained = (path: string): Uint8Array =>
  encode(inlined(parse(readFileSync(path), "model"), dirname(path)), (value) => varint(value));
