import type { Random } from "../../../compiler/testing/index.ts";
import { concat, varint } from "../../formats/onnx/decode/encode.ts";
import { restructure } from "./structure.ts";
import { encode, type Field, type MessageName, parse, utf8 } from "./tree.ts";

/** Numbers at the edges of types, of limits, and of what operators expect. */
const numbers: readonly [bigint, ...bigint[]] = [
  ...([0n, 1n, 2n, 3n, 4n, 5n, 7n, 8n, 9n, 16n, 64n, 127n, 128n, 255n, 256n, 1000n, 65536n] as const),
  ...([-1n, -2n, -3n, -128n, 2n ** 24n, 2n ** 28n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 10n ** 9n] as const),
  ...([2n ** 53n - 1n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 31n), 2n ** 40n] as const),
];

/** Words that mean something somewhere, and some that are keys of every object. */
const words: readonly [string, ...string[]] = [
  ...([
    "",
    "x",
    "y",
    "w",
    "b",
    "N",
    "Conv",
    "Gemm",
    "If",
    "Loop",
    "Reshape",
    "Concat",
    "Slice",
    "Split",
  ] as const),
  ...([
    "Pad",
    "Expand",
    "Tile",
    "ConstantOfShape",
    "Range",
    "Shape",
    "Gather",
    "Transpose",
    "MaxPool",
  ] as const),
  ...([
    "Resize",
    "LSTM",
    "Einsum",
    "Cast",
    "Where",
    "TopK",
    "QuantizeLinear",
    "ScatterND",
    "Constant",
  ] as const),
  ...(["axis", "axes", "pads", "strides", "group", "kernel_shape", "perm", "value", "to", "shape"] as const),
  ...(["SAME_UPPER", "VALID", "ai.onnx", "__proto__", "constructor", "\u202e", "a".repeat(300)] as const),
];

const textBytes = (random: Random, texts: readonly Uint8Array[]): Uint8Array => {
  const from = texts.length > 0 && random.chance(60) ? texts[random.between(0, texts.length - 1)] : undefined;
  return from ?? utf8.encode(random.pick(words));
};

const randomBytes = (random: Random, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => random.between(0, 255));

/** One change of bytes that nothing is known about. */
const mutateBytes = (bytes: Uint8Array, random: Random): Uint8Array => {
  const at = random.between(0, Math.max(0, bytes.length - 1));
  const to = Math.min(bytes.length, at + random.between(1, 16));
  const changed = Uint8Array.from(bytes);
  switch (random.between(0, 6)) {
    case 0:
      changed[at] = (changed[at] ?? 0) ^ (1 << random.between(0, 7));
      return changed;
    case 1:
      changed[at] = random.pick([0, 1, 127, 128, 129, 254, 255]);
      return changed;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return concat(bytes.subarray(0, at), bytes.subarray(to));
    case 4:
      return concat(bytes.subarray(0, to), bytes.subarray(at));
    case 5:
      return concat(bytes.subarray(0, at), randomBytes(random, random.between(1, 8)), bytes.subarray(at));
    default:
      // A length or a number that continues for longer than it should.
      return concat(
        bytes.subarray(0, at),
        varint(random.pick(numbers), random.between(0, 3)),
        bytes.subarray(at + 1),
      );
  }
};

/** Bytes before and after a change, cut from two models. */
const splice = (a: Uint8Array, b: Uint8Array, random: Random): Uint8Array =>
  concat(a.subarray(0, random.between(0, a.length)), b.subarray(random.between(0, b.length)));

interface Donor {
  readonly texts: readonly Uint8Array[];
  /** Messages of the model by their kind, to put into the place of others. */
  readonly messages: ReadonlyMap<MessageName, readonly Field[]>;
}

const donorOf = (fields: readonly Field[]): Donor => {
  const texts: Uint8Array[] = [];
  const messages = new Map<MessageName, Field[]>();
  const waiting = [...fields];
  for (const one of waiting) {
    if (one.kind === "bytes" && one.bytes.length > 0 && one.bytes.length < 64) texts.push(one.bytes);
    if (one.kind !== "message") continue;
    messages.set(one.of, [...(messages.get(one.of) ?? []), one]);
    waiting.push(...one.fields);
  }
  return { texts, messages };
};

/** Another value for a field. */
const mutateField = (one: Field, donor: Donor, random: Random): Field => {
  switch (one.kind) {
    case "varint":
      return {
        ...one,
        value: random.chance(70) ? random.pick(numbers) : one.value + BigInt(random.between(-2, 2)),
      };
    case "fixed": {
      const special = random.pick([Number.NaN, Infinity, -Infinity, 0, -1, 1e-45, 3e38]);
      const bytes =
        one.bytes.length === 8 ? new Float64Array([special]).buffer : new Float32Array([special]).buffer;
      return { ...one, bytes: new Uint8Array(bytes) };
    }
    case "bytes":
      if (random.chance(50)) return { ...one, bytes: textBytes(random, donor.texts) };
      return { ...one, bytes: mutateBytes(one.bytes, random) };
    case "message": {
      const same = donor.messages.get(one.of) ?? [];
      const other = same[random.between(0, Math.max(0, same.length - 1))];
      return other?.kind === "message" ? { ...one, fields: other.fields } : one;
    }
  }
};

/** A list with one change: a field gone, twice, moved, changed, new, or a change inside one of its messages. */
const mutateFields = (fields: readonly Field[], donor: Donor, random: Random): readonly Field[] => {
  const at = random.between(0, Math.max(0, fields.length - 1));
  const one = fields[at];
  if (one === undefined)
    return [{ kind: "varint", field: random.between(1, 25), value: random.pick(numbers) }];
  if (one.kind === "message" && random.chance(85))
    return fields.with(at, { ...one, fields: mutateFields(one.fields, donor, random) });
  switch (random.between(0, 7)) {
    case 0:
      return fields.toSpliced(at, 1);
    case 1:
      return fields.toSpliced(at, 0, one);
    case 2:
      return fields.toSpliced(at, 1).toSpliced(random.between(0, fields.length - 1), 0, one);
    case 3:
      return [...fields, { kind: "varint", field: random.between(1, 25), value: random.pick(numbers) }];
    default:
      return fields.with(at, mutateField(one, donor, random));
  }
};

/** A changed copy of a valid model; `other` is a second one to take parts from. */
export const mutate = (model: Uint8Array, other: Uint8Array, random: Random): Uint8Array => {
  const rounds = random.pick([1, 1, 1, 2, 2, 3, 5, 8]);
  if (random.chance(30)) {
    let bytes = random.chance(15) ? splice(model, other, random) : model;
    for (let i = 0; i < rounds; i++) bytes = mutateBytes(bytes, random);
    return bytes;
  }
  const donor = donorOf([...parse(model, "model"), ...parse(other, "model")]);
  let fields = parse(model, "model");
  const gently = random.chance(50);
  for (let i = 0; i < (gently ? Math.min(rounds, 2) : rounds); i++)
    fields = gently || random.chance(20) ? restructure(fields, random) : mutateFields(fields, donor, random);
  const padded = random.chance(10);
  return encode(fields, (value) => varint(value, padded ? random.between(0, 2) : 0));
};
