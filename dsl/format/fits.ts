import { unreachable } from "../../compiler/diagnostics/index.ts";
import type { Doc, Fill, Part } from "./doc.ts";

/** Lines are this long, comments apart. */
export const width = 100;

/** A document that waits to be printed, behind the one that is being judged. */
export interface Waiting {
  readonly doc: Doc;
  /** Parts of a fill before this one are printed: 0 is the first. */
  readonly from: number;
}

/** What a text of so many columns meets first: its end, or a place where the line ends. */
interface Walk {
  left: number;
  /** A comment ended the line. */
  ended: boolean;
  /** True in what must stand on the line; behind it a line may end. */
  readonly flat: boolean;
}

type Outcome = "more" | "fits" | "breaks";

const walkText = (walk: Walk, text: string): Outcome => {
  if (text === "") return "more";
  if (walk.ended) return walk.flat ? "breaks" : "fits";
  walk.left -= text.length;
  return walk.left < 0 ? "breaks" : "more";
};

const walkAll = (walk: Walk, docs: readonly Doc[]): Outcome => {
  for (const doc of docs) {
    const outcome = walkDoc(walk, doc);
    if (outcome !== "more") return outcome;
  }
  return "more";
};

const walkFill = (walk: Walk, { first, rest }: Fill): Outcome => {
  let outcome = walkDoc(walk, first);
  for (let i = 0; i < rest.length && outcome === "more"; i++) outcome = walkPart(walk, rest[i]);
  return outcome;
};

const walkPart = (walk: Walk, part: Part | undefined): Outcome =>
  part === undefined ? "more" : walkAll(walk, [part.separator, part.content]);

const walkDoc = (walk: Walk, doc: Doc): Outcome => {
  if (typeof doc === "string") return walkText(walk, doc);
  if (!("kind" in doc)) return walkAll(walk, doc);
  switch (doc.kind) {
    case "line":
      return walk.flat ? walkText(walk, doc.flat) : "fits";
    case "hard":
      return walk.flat ? "breaks" : "fits";
    case "indent":
    case "align":
    case "group":
      return walkDoc(walk, doc.of);
    case "fill":
      return walkFill(walk, doc);
    case "comma":
      // It goes before a comment that waits for the line's end.
      if (!doc.closing) walk.left--;
      return walk.left < 0 ? "breaks" : "more";
    case "comment":
      if (doc.own) return walk.flat ? "breaks" : "fits";
      walk.ended = true;
      return "more";
    default:
      return unreachable(doc);
  }
};

const walkWaiting = (walk: Walk, { doc, from }: Waiting): Outcome => {
  const begun = typeof doc !== "string" && "kind" in doc && doc.kind === "fill" && from > 0;
  return begun ? walkPart(walk, doc.rest[from - 1]) : walkDoc(walk, doc);
};

/** True when the document stands flat on a line with `left` columns, up to the first place behind it where the line may end. */
export const fits = (left: number, doc: Doc, waiting: readonly Waiting[]): boolean => {
  const flat: Walk = { left, ended: false, flat: true };
  if (walkDoc(flat, doc) === "breaks") return false;
  const rest: Walk = { left: flat.left, ended: flat.ended, flat: false };
  for (let i = waiting.length - 1; i >= 0; i--) {
    const next = waiting[i];
    if (next === undefined) break;
    const outcome = walkWaiting(rest, next);
    if (outcome !== "more") return outcome === "fits";
  }
  return true;
};

/** Columns of a document on one line; null when it needs several. */
export const flatWidth = (doc: Doc): number | null => {
  const walk: Walk = { left: width, ended: false, flat: true };
  return walkDoc(walk, doc) === "breaks" ? null : width - walk.left;
};
