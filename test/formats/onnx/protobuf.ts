const varint = (value: number | bigint): readonly number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest !== 0n);
  return bytes;
};

export type Bytes = readonly number[];

export const intField = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)];

export const bytesField = (field: number, bytes: Iterable<number>): Bytes => {
  const body = [...bytes];
  return [...varint(field * 8 + 2), ...varint(body.length), ...body];
};

export const textField = (field: number, text: string): Bytes =>
  bytesField(field, new TextEncoder().encode(text));

export const floatBytes = (values: readonly number[]): Bytes => [
  ...new Uint8Array(Float32Array.from(values).buffer),
];

export const floatField = (field: number, value: number): Bytes => [
  ...varint(field * 8 + 5),
  ...floatBytes([value]),
];

export const int64Bytes = (values: readonly number[]): Bytes => [
  ...new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
];

export const int32Bytes = (values: readonly number[]): Bytes => [
  ...new Uint8Array(Int32Array.from(values).buffer),
];

export const uint16Bytes = (values: readonly number[]): Bytes => [
  ...new Uint8Array(Uint16Array.from(values).buffer),
];
