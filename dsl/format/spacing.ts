import { codes, keywords } from "../layout/token.ts";
import { isBracket, type Node } from "./nest.ts";

const operand: ReadonlySet<string> = new Set([...Object.values(codes), "%"]);

/** A value may end with it, so a minus behind it subtracts. */
const endsValue = (node: Node | undefined): boolean =>
  node !== undefined && (isBracket(node) || operand.has(node.code));

const isPiece = (node: Node | undefined, code: string): boolean =>
  node !== undefined && !isBracket(node) && node.code === code;

const arithmetic: ReadonlySet<string> = new Set(["+", "-", "*", "/", "|"]);

/** An operator between two values, behind which a line may end. */
export const isOperator = (nodes: readonly Node[], at: number): boolean => {
  const node = nodes[at];
  return node !== undefined && !isBracket(node) && arithmetic.has(node.code) && endsValue(nodes[at - 1]);
};

const isSign = (nodes: readonly Node[], at: number): boolean =>
  isPiece(nodes[at], "-") && !endsValue(nodes[at - 1]);

const glued = (before: Node, code: string): boolean => {
  if (isBracket(before)) return false;
  if (code === "(") return before.code === codes.name || before.code === codes.path;
  return code === "[" && (before.code === "signal" || before.code === "spikes");
};

const tight: ReadonlySet<string> = new Set([",", ":", "..", "%"]);

/** True when a blank stands before the node at index `at` of a list, which is not the first. */
export const isSpaced = (nodes: readonly Node[], at: number): boolean => {
  const [before, node] = [nodes[at - 1], nodes[at]];
  if (before === undefined || node === undefined) return false;
  if (isPiece(before, "..") || isSign(nodes, at - 1)) return false;
  const code = isBracket(node) ? node.open.code : node.code;
  return !tight.has(code) && !glued(before, code);
};

/** True for words that begin a branch. */
export const isBranch = (node: Node): boolean =>
  !isBracket(node) && (node.code === "then" || node.code === "else") && keywords.has(node.code);
