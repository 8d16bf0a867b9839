import type { NodeOf } from "../../../ir/core/index.ts";
import type { Tensor, TensorNode } from "../../../ir/tensor/index.ts";
import type { ElementName } from "../decode/index.ts";
import type { Site } from "./site.ts";
import { refuseForm } from "./site.ts";

type StorageWord = NodeOf<Tensor, "cast">["attrs"]["to"];

const words: ReadonlyMap<ElementName, StorageWord> = new Map<ElementName, StorageWord>([
  ["FLOAT", "f32"],
  ["DOUBLE", "f32"],
  ["FLOAT16", "f16"],
  ["BFLOAT16", "bf16"],
  ["INT64", "i64"],
  ["INT32", "i32"],
  ["INT16", "i16"],
  ["INT8", "i8"],
  ["INT4", "i4"],
  ["UINT64", "u64"],
  ["UINT32", "u32"],
  ["UINT16", "u16"],
  ["UINT8", "u8"],
  ["UINT4", "u4"],
  ["BOOL", "bool"],
]);

/** How the tensor level names an element type; one that it does not have is refused. */
export const storageWord = (site: Site, element: ElementName): StorageWord =>
  words.get(element) ??
  refuseForm(
    site,
    `it makes values of type ${element}`,
    `use one of the types ${[...words.keys()].join(", ")}`,
  );

const narrow: readonly ElementName[] = [
  "INT32",
  "INT16",
  "INT8",
  "INT4",
  "UINT32",
  "UINT16",
  "UINT8",
  "UINT4",
];

/** Integers of arithmetic wrap at the width of their type. */
export const wrapped = (site: Site, node: TensorNode, element: ElementName): TensorNode =>
  narrow.includes(element) ? site.make("cast", [node], { to: storageWord(site, element) }) : node;
