import type { SectionKind } from "../layout/layout.ts";
import { codes } from "../layout/token.ts";
import type { Compile, Constant, Data, Import, Imported, Input, Network } from "../syntax.ts";
import {
  accept,
  advance,
  type Cursor,
  codeAt,
  listed,
  need,
  needName,
  needPath,
  needText,
  separated,
  spanFrom,
} from "./cursor.ts";
import { readCall, readOutput, readPipe, readTensor, readValue } from "./value.ts";

/** What stands before the braces of a declaration; bodies and steps are still empty. */
export type Head = Import | Data | Constant | Network | Compile;

const readImported = (cursor: Cursor): Imported => {
  const name = needName(cursor);
  return { name, local: accept(cursor, "as") === null ? name : needName(cursor) };
};

/** import = "import" name [ "as" name ] { "," name [ "as" name ] } "from" string */
const readImport = (cursor: Cursor): Import => {
  advance(cursor);
  const names = separated(cursor, ",", readImported);
  need(cursor, "from");
  return { kind: "import", names, file: needText(cursor) };
};

/** data = "data" name ":" tensor "=" pipe */
const readData = (cursor: Cursor): Data => {
  const start = cursor.at;
  advance(cursor);
  const name = needName(cursor);
  need(cursor, ":");
  const shape = readTensor(cursor);
  need(cursor, "=");
  const source = readPipe(cursor);
  return { kind: "data", name, shape, source, span: spanFrom(cursor, start) };
};

/** name "=" value */
const readConstant = (cursor: Cursor): Constant => {
  const name = needName(cursor);
  need(cursor, "=");
  return { kind: "constant", name, value: readValue(cursor) };
};

/** input = name ":" ( tensor | word ) [ "=" value ] */
const readInput = (cursor: Cursor): Input => {
  const name = needName(cursor);
  need(cursor, ":");
  const option = codeAt(cursor) === codes.name ? needName(cursor) : null;
  const shape = option === null ? readTensor(cursor) : null;
  const otherwise = accept(cursor, "=") === null ? null : readValue(cursor);
  return { name, shape, option, otherwise };
};

/** ( "network" | "block" ) name "(" [ input { "," input } ] ")" "->" output { "," output } */
const readNetwork = (cursor: Cursor, kind: "network" | "block"): Network => {
  advance(cursor);
  const name = needName(cursor);
  need(cursor, "(");
  const inputs = accept(cursor, ")") === null ? listed(cursor, ")", readInput) : [];
  need(cursor, "->");
  const outputs = separated(cursor, ",", readOutput);
  return { kind, name, inputs, outputs, body: [] };
};

/** "compile" path "for" call { "," call } */
const readCompile = (cursor: Cursor): Compile => {
  const start = cursor.at;
  advance(cursor);
  const network = needPath(cursor);
  need(cursor, "for");
  const targets = separated(cursor, ",", readCall);
  return { kind: "compile", network, targets, steps: [], span: spanFrom(cursor, start) };
};

/** The head of a declaration of a kind that the layout pass knows by its first word. */
export const readHead = (kind: SectionKind, cursor: Cursor): Head => {
  switch (kind) {
    case "import":
      return readImport(cursor);
    case "data":
      return readData(cursor);
    case "network":
    case "block":
      return readNetwork(cursor, kind);
    case "compile":
      return readCompile(cursor);
    case "constant":
      return readConstant(cursor);
  }
};
