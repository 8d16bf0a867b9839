import type { Shape } from "../../compiler/ir/core/index.ts";
import { isShape } from "./limits.ts";

/** The three entries of a .npy header (numpy/numpy:numpy/lib/_format_impl.py). */
export interface NpyHeader {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: Shape;
}

/** A header that does not follow the grammar; the message says where. */
export class HeaderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "HeaderError";
  }
}

const tokenPattern = /\s*('[^'\\\n]*'|"[^"\\\n]*"|\d+L?|True|False|[{}(),:[\]]|$)/y;

/** The tokens of the Python literals that NumPy writes. Nothing is evaluated. */
class Tokens {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next token, or "" at the end. */
  next(): string {
    tokenPattern.lastIndex = this.at;
    const found = tokenPattern.exec(this.text);
    if (found === null) throw new HeaderError(`character ${this.at} of the header is not allowed there`);
    this.at = tokenPattern.lastIndex;
    return found[1] ?? "";
  }

  expect(wanted: string): void {
    const found = this.next();
    if (found !== wanted)
      throw new HeaderError(
        `the header has ${JSON.stringify(found)} where ${JSON.stringify(wanted)} should be`,
      );
  }
}

const textOf = (token: string): string => {
  if (token.startsWith("'") || token.startsWith('"')) return token.slice(1, -1);
  const found = token === "[" || token === "(" ? "a record type" : JSON.stringify(token);
  throw new HeaderError(`the header has ${found} where a text should be`);
};

const boolOf = (token: string): boolean => {
  if (token === "True" || token === "False") return token === "True";
  throw new HeaderError(`fortran_order is ${JSON.stringify(token)}, not True or False`);
};

/** `(2, 3)`, `(2,)` or `()`. */
const shapeFrom = (tokens: Tokens): Shape => {
  tokens.expect("(");
  const shape: number[] = [];
  for (let token = tokens.next(); token !== ")"; token = tokens.next()) {
    if (!/^\d+L?$/.test(token))
      throw new HeaderError(`the shape has ${JSON.stringify(token)} where a number should be`);
    shape.push(Number.parseInt(token, 10));
    const after = tokens.next();
    if (after === ")") break;
    if (after !== ",")
      throw new HeaderError(`the shape has ${JSON.stringify(after)} where a comma should be`);
  }
  const rank = shape.length;
  if (isShape(shape)) return shape;
  throw new HeaderError(`the shape, of ${rank} dimensions, is larger than any array that is read`);
};

/** Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`. Throws HeaderError. */
export const parseNpyHeader = (text: string): NpyHeader => {
  const tokens = new Tokens(text);
  let descr: string | null = null;
  let fortranOrder: boolean | null = null;
  let shape: Shape | null = null;
  tokens.expect("{");
  for (let token = tokens.next(); token !== "}"; token = tokens.next()) {
    const key = textOf(token);
    tokens.expect(":");
    if (key === "descr" && descr === null) descr = textOf(tokens.next());
    else if (key === "fortran_order" && fortranOrder === null) fortranOrder = boolOf(tokens.next());
    else if (key === "shape" && shape === null) shape = shapeFrom(tokens);
    else throw new HeaderError(`the header has an entry ${JSON.stringify(key)} that does not belong there`);
    const after = tokens.next();
    if (after === "}") break;
    if (after !== ",")
      throw new HeaderError(`the header has ${JSON.stringify(after)} where a comma should be`);
  }
  tokens.expect("");
  if (descr === null || fortranOrder === null || shape === null)
    throw new HeaderError("the header does not have all of descr, fortran_order and shape");
  return { descr, fortranOrder, shape };
};
