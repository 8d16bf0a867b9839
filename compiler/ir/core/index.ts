export * from "./cursor.ts";
export * from "./graph.ts";
export * from "./hash.ts";
export * from "./lists.ts";
export * from "./numbers.ts";
export * from "./once.ts";
export * from "./order.ts";
export * from "./random.ts";
export * as schema from "./schema.ts";
export {
  type Args,
  type Attr,
  type Branded,
  type Fields,
  type Infer,
  type Labels,
  SchemaError,
  type Source,
  type Values,
} from "./schema.ts";
export * from "./spread.ts";
export * from "./text.ts";
export * from "./tree.ts";
export * from "./verify.ts";
export * from "./weight.ts";
