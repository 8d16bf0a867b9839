/** Half-open range of UTF-16 offsets in a source file. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** What the user wrote: an ONNX node name or a `.spk` path, never a name of ours. */
export interface Origin {
  readonly name: string;
  readonly span: Span | null;
}

/** The origin of something that has only a name. */
export const named = (name: string): Origin => ({ name, span: null });
