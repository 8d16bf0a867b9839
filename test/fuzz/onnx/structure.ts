import { importers } from "../../../compiler/formats/onnx/index.ts";
import type { Random } from "../../../compiler/testing/index.ts";
import { type Field, textOf, utf8 } from "./tree.ts";

type Message = Extract<Field, { readonly kind: "message" }>;

/** Field numbers of onnx/onnx:onnx/onnx.proto. */
const numbers = { node: 1, tensor: 5, input: 11, opset: 8, graph: 7 } as const;

const bytes = (field: number, text: string): Field => ({ kind: "bytes", field, bytes: utf8.encode(text) });

const varint = (field: number, value: number | bigint): Field => ({
  kind: "varint",
  field,
  value: BigInt(value),
});

const one = <T>(list: readonly T[], random: Random): T | undefined =>
  list.length === 0 ? undefined : list[random.between(0, list.length - 1)];

const isMessage = (field: Field): field is Message => field.kind === "message";

/** The messages of one kind in a list, with their places. */
const within = (fields: readonly Field[], number: number) =>
  fields.flatMap((field, at) => (field.field === number && isMessage(field) ? [{ at, message: field }] : []));

/** A list with a change in one message of a kind; the list itself when there is none. */
const changed = (
  fields: readonly Field[],
  number: number,
  random: Random,
  change: (inner: readonly Field[]) => readonly Field[],
): readonly Field[] => {
  const found = one(within(fields, number), random);
  return found === undefined
    ? fields
    : fields.with(found.at, { ...found.message, fields: change(found.message.fields) });
};

/** Names of all values of a graph: outputs of nodes, initializers, inputs. */
const valuesOf = (graph: readonly Field[]): readonly string[] => [
  ...within(graph, numbers.node).flatMap(({ message }) =>
    message.fields.flatMap((field) => (field.field === 2 ? [textOf(field)] : [])),
  ),
  ...within(graph, numbers.tensor).flatMap(({ message }) =>
    message.fields.flatMap((field) => (field.field === 8 ? [textOf(field)] : [])),
  ),
  ...within(graph, numbers.input).flatMap(({ message }) =>
    message.fields.flatMap((field) => (field.field === 1 ? [textOf(field)] : [])),
  ),
];

type Change = (graph: readonly Field[], random: Random) => readonly Field[];

/** A node reads another value of the graph. */
const rewire: Change = (graph, random) =>
  changed(graph, numbers.node, random, (node) => {
    const at = one(
      node.flatMap((field, i) => (field.field === 1 ? [i] : [])),
      random,
    );
    const value = random.chance(10) ? "" : (one(valuesOf(graph), random) ?? "");
    return at === undefined ? [...node, bytes(1, value)] : node.with(at, bytes(1, value));
  });

const operators: readonly string[] = [...importers.keys(), "If", "Loop", "Scan", "Quant", "Trunc"];

/** A node becomes another operator that is read. */
const retype: Change = (graph, random) =>
  changed(graph, numbers.node, random, (node) =>
    node.map((field) => (field.field === 4 ? bytes(4, one(operators, random) ?? "Relu") : field)),
  );

const extents = [0, 1, 1, 2, 2, 3, 4, 5, 7, 8, 16, 64, 255, 1024, 65536, 2 ** 24] as const;

const extent = (random: Random): number => extents[random.between(0, extents.length - 1)] ?? 1;

/** A float or int64 tensor of another shape, with as many values as that has. */
const reshape: Change = (graph, random) =>
  changed(graph, numbers.tensor, random, (tensor) => {
    const dims = tensor.flatMap((field) =>
      field.field === 1 && field.kind === "varint" ? [Number(field.value)] : [],
    );
    if (dims.length === 0) return tensor;
    const at = random.between(0, dims.length - 1);
    const next = random.pick([
      dims.slice(1),
      [1, ...dims],
      ...Array.from({ length: 5 }, () => dims.with(at, extent(random))),
    ]);
    const type = tensor.find((field) => field.field === 2);
    const width = type?.kind === "varint" && type.value === 7n ? 8 : 4;
    const size = next.reduce((product, dim) => product * dim, 1);
    if (!(size >= 0 && size <= 2 ** 16)) return tensor;
    const raw = new Uint8Array(size * width);
    for (let i = 0; i < size; i++)
      raw[i * width + (width === 4 ? 3 : 0)] = width === 4 ? 62 : random.between(0, 3);
    const rest = tensor.filter(({ field }) => field === 2 || field === 8);
    return [...next.map((dim) => varint(1, dim)), ...rest, { kind: "bytes", field: 9, bytes: raw }];
  });

const attributeNames: readonly string[] = [
  ...[
    "axis",
    "axes",
    "perm",
    "pads",
    "strides",
    "dilations",
    "group",
    "kernel_shape",
    "keepdims",
    "auto_pad",
  ],
  ...[
    "mode",
    "alpha",
    "beta",
    "to",
    "ceil_mode",
    "num_outputs",
    "transA",
    "transB",
    "direction",
    "hidden_size",
  ],
  ...["output_padding", "output_shape", "storage_order", "is_causal", "epsilon", "block_size", "batch_dims"],
  ...["num_scan_inputs", "reduction", "equation", "layout", "clip", "num_groups", "blocksize", "scale"],
];

const integer = (random: Random): bigint =>
  random.chance(80) ? BigInt(random.between(-3, 6)) : BigInt.asUintN(64, BigInt(extent(random)) ** 3n);

const attribute = (name: string, random: Random): Message => {
  const value = (): readonly Field[] => {
    switch (random.between(0, 3)) {
      case 0:
        return [varint(3, BigInt.asUintN(64, integer(random))), varint(20, 2)];
      case 1:
        return [
          ...Array.from({ length: random.between(0, 6) }, () =>
            varint(8, BigInt.asUintN(64, integer(random))),
          ),
          varint(20, 7),
        ];
      case 2: {
        const number = random.pick([0, 1, -1, 0.5, 2, 1e-5, 1e9, Infinity, Number.NaN]);
        return [
          { kind: "fixed", field: 2, bytes: new Uint8Array(Float32Array.of(number).buffer) },
          varint(20, 1),
        ];
      }
      default:
        return [
          bytes(
            4,
            random.pick(["SAME_UPPER", "SAME_LOWER", "reverse", "bidirectional", "linear", "cubic", "wrap"]),
          ),
          varint(20, 3),
        ];
    }
  };
  return { kind: "message", field: 5, of: "attribute", fields: [bytes(1, name), ...value()] };
};

/** A node gets an attribute, or another value for one that it has. */
const reattribute: Change = (graph, random) =>
  changed(graph, numbers.node, random, (node) => {
    const own = within(node, 5).flatMap(({ message }) => {
      const name = message.fields.find(({ field }) => field === 1);
      return name === undefined ? [] : [textOf(name)];
    });
    const name = one(random.chance(70) && own.length > 0 ? own : attributeNames, random) ?? "axis";
    const rest = node.filter(
      (field) =>
        !(isMessage(field) && field.fields.some((inner) => inner.field === 1 && textOf(inner) === name)),
    );
    return [...rest, attribute(name, random)];
  });

/** A copy of a node that reads what the node makes, or a node between it and its readers. */
const insert: Change = (graph, random) => {
  const found = one(within(graph, numbers.node), random);
  if (found === undefined) return graph;
  const value = found.message.fields.find(({ field }) => field === 2);
  if (value === undefined) return graph;
  const fresh = `${textOf(value)}'`;
  const renamed = found.message.fields.map((field) =>
    field.field === 2 && textOf(field) === textOf(value) ? bytes(2, fresh) : field,
  );
  const op = one(operators, random) ?? "Relu";
  const between: Field = {
    kind: "message",
    field: numbers.node,
    of: "node",
    fields: [bytes(1, fresh), bytes(2, textOf(value)), bytes(4, op)],
  };
  return graph.with(found.at, { ...found.message, fields: renamed }).toSpliced(found.at + 1, 0, between);
};

/** Another extent of an input. */
const resize: Change = (graph, random) =>
  changed(graph, numbers.input, random, (input) =>
    changed(input, 2, random, (type) =>
      changed(type, 1, random, (tensor) =>
        changed(tensor, 2, random, (shape) => {
          if (random.chance(15)) return shape.slice(1);
          if (random.chance(15)) return [...shape, ...shape.slice(-1)];
          return changed(shape, 1, random, () => [varint(1, extent(random))]);
        }),
      ),
    ),
  );

const changes: readonly [Change, ...Change[]] = [
  rewire,
  rewire,
  retype,
  reshape,
  reattribute,
  reattribute,
  insert,
  resize,
];

const opsets: readonly number[] = [1, 5, 6, 7, 9, 10, 11, 12, 13, 14, 17, 18, 20, 21, 22, 24];

/** One change of a model that leaves it well formed: another edge, operator, attribute, shape, node or opset. */
export const restructure = (model: readonly Field[], random: Random): readonly Field[] => {
  if (random.chance(8))
    return changed(model, numbers.opset, random, (opset) =>
      opset.map((field) => (field.field === 2 ? varint(2, one(opsets, random) ?? 17) : field)),
    );
  return changed(model, numbers.graph, random, (graph) => random.pick(changes)(graph, random));
};
