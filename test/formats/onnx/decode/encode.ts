/** Protobuf bytes for tests, right or wrong ones. */
export const join = (parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => join(parts);

/** A varint of the low 64 bits; `padding` adds bytes that say nothing. */
export const varint = (value: bigint | number, padding = 0): Uint8Array => {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(left & 127n));
    left >>= 7n;
  } while (left > 0n);
  for (let i = 0; i < padding; i++) bytes.push(0);
  return Uint8Array.from(bytes, (byte, i) => (i < bytes.length - 1 ? byte | 128 : byte));
};

export const tag = (field: number, type: number): Uint8Array => varint(field * 8 + type);

export const int = (field: number, value: bigint | number): Uint8Array =>
  concat(tag(field, 0), varint(value));

export const bytesField = (field: number, bytes: Uint8Array): Uint8Array =>
  concat(tag(field, 2), varint(bytes.length), bytes);

export const text = (field: number, value: string): Uint8Array =>
  bytesField(field, new TextEncoder().encode(value));

export const message = (field: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  bytesField(field, concat(...parts));

export const floatBytes = (...values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);

export const float = (field: number, value: number): Uint8Array => concat(tag(field, 5), floatBytes(value));

export const packed = (field: number, ...values: readonly (bigint | number)[]): Uint8Array =>
  message(field, ...values.map((value) => varint(value)));

/** A TensorProto without values. */
export const tensor = (name: string, code: number, dims: readonly (bigint | number)[]): Uint8Array =>
  concat(...dims.map((dim) => int(1, dim)), int(2, code), text(8, name));

/** A ModelProto around the fields of a graph. */
export const model = (...graph: readonly Uint8Array[]): Uint8Array =>
  concat(int(1, 8), text(2, "test"), message(7, ...graph), message(8, text(1, ""), int(2, 17)));

/** A ModelProto with one initializer. */
export const modelWith = (...fields: readonly Uint8Array[]): Uint8Array => model(message(5, ...fields));

/** A small model that uses every field that is read. */
export const sampleModel = (): Uint8Array =>
  model(
    message(
      1,
      text(1, "x"),
      text(1, "w"),
      text(2, "y"),
      text(3, "conv_1"),
      text(4, "Conv"),
      message(5, text(1, "alpha"), float(2, 0.5), int(20, 1)),
      message(5, text(1, "group"), int(3, 1), int(20, 2)),
      message(5, text(1, "auto_pad"), text(4, "VALID"), int(20, 3)),
      message(5, text(1, "value"), message(5, tensor("", 1, [1]), message(4, floatBytes(2))), int(20, 4)),
      message(5, text(1, "body"), message(6, message(1, text(4, "Relu"))), int(20, 5)),
      message(5, text(1, "scales"), float(7, 1), float(7, 2), int(20, 6)),
      message(5, text(1, "pads"), packed(8, 0, 0, -1n, 1), int(20, 7)),
      message(5, text(1, "names"), text(9, "a"), text(9, "b"), int(20, 8)),
      text(7, "ai.onnx"),
    ),
    text(2, "net"),
    message(5, tensor("w", 1, [2, 1, 1, 1]), bytesField(9, floatBytes(1, -2))),
    message(5, tensor("shape", 7, [2]), packed(7, 1, -1n)),
    message(
      11,
      text(1, "x"),
      message(2, message(1, int(1, 1), message(2, message(1, text(2, "N")), message(1, int(1, 4))))),
    ),
    message(12, text(1, "y"), message(2, message(1, int(1, 1)))),
    message(
      13,
      text(1, "h"),
      message(2, message(1, int(1, 1), message(2, message(1), message(1, int(1, -1n))))),
    ),
  );
