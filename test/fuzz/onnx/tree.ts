import { concat, tag } from "../../formats/onnx/decode/encode.ts";

export const utf8 = new TextEncoder();

/** A protobuf field: a number, four or eight bytes, opaque bytes, or a message of which the fields are known. */
export type Field =
  | { readonly kind: "varint"; readonly field: number; readonly value: bigint }
  | { readonly kind: "fixed"; readonly field: number; readonly bytes: Uint8Array }
  | { readonly kind: "bytes"; readonly field: number; readonly bytes: Uint8Array }
  | {
      readonly kind: "message";
      readonly field: number;
      readonly of: MessageName;
      readonly fields: readonly Field[];
    };

/** Opaque bytes as text; empty for any other field. */
export const textOf = (one: Field | undefined): string =>
  one?.kind === "bytes" ? new TextDecoder().decode(one.bytes) : "";

/** The messages inside each message of onnx/onnx:onnx/onnx.proto, by field number. */
export const schema = {
  model: { 7: "graph", 8: "opset", 25: "function" },
  graph: { 1: "node", 5: "tensor", 11: "value", 12: "value", 13: "value", 15: "sparse" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 11: "graph", 22: "sparse" },
  function: { 7: "node", 9: "opset", 11: "attribute" },
  value: { 2: "type" },
  type: { 1: "tensorType" },
  tensorType: { 2: "shape" },
  shape: { 1: "dim" },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: { 13: "entry" },
  opset: {},
  dim: {},
  entry: {},
} as const satisfies Readonly<Record<string, Readonly<Record<number, string>>>>;

export type MessageName = keyof typeof schema;

const isMessage = (name: string): name is MessageName => Object.hasOwn(schema, name);

const innerOf = (message: MessageName, field: number): MessageName | null => {
  const name: unknown = Object.entries(schema[message]).find(([key]) => key === String(field))?.[1];
  return typeof name === "string" && isMessage(name) ? name : null;
};

const readVarint = (bytes: Uint8Array, at: number): readonly [bigint, number] => {
  let value = 0n;
  let place = at;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[place++] ?? 0;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [BigInt.asUintN(64, value), place];
  }
};

/** The fields of a valid message. */
export const parse = (bytes: Uint8Array, message: MessageName): readonly Field[] => {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [head, start] = readVarint(bytes, at);
    const [field, type] = [Number(head >> 3n), Number(head & 7n)];
    if (type === 0) {
      const [value, end] = readVarint(bytes, start);
      fields.push({ kind: "varint", field, value });
      at = end;
    } else if (type === 2) {
      const [length, from] = readVarint(bytes, start);
      at = from + Number(length);
      const content = bytes.subarray(from, at);
      const of = innerOf(message, field);
      fields.push(
        of === null
          ? { kind: "bytes", field, bytes: content }
          : { kind: "message", field, of, fields: parse(content, of) },
      );
    } else {
      at = start + (type === 1 ? 8 : 4);
      fields.push({ kind: "fixed", field, bytes: bytes.subarray(start, at) });
    }
  }
  return fields;
};

/** How a number is written: with `padding` bytes that say nothing. */
export type WriteVarint = (value: bigint | number) => Uint8Array;

const encodeField = (one: Field, write: WriteVarint): Uint8Array => {
  switch (one.kind) {
    case "varint":
      return concat(tag(one.field, 0), write(one.value));
    case "fixed":
      return concat(tag(one.field, one.bytes.length === 8 ? 1 : 5), one.bytes);
    case "bytes":
      return concat(tag(one.field, 2), write(one.bytes.length), one.bytes);
    case "message": {
      const inner = encode(one.fields, write);
      return concat(tag(one.field, 2), write(inner.length), inner);
    }
  }
};

export const encode = (fields: readonly Field[], write: WriteVarint): Uint8Array =>
  concat(...fields.map((one) => encodeField(one, write)));
