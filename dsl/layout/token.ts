/** What a token is for the parser: one character a kind, or the text of a keyword or sign itself. */
export const codes = { name: "$", path: "@", number: "#", size: "&", ratio: "~", text: '"' } as const;

export interface Token {
  /** Its kind, or the text of a keyword or sign. */
  readonly code: string;
  readonly start: number;
  readonly end: number;
  /** A line end stands between this token and the one before it. */
  readonly leads: boolean;
}

/** Words with a meaning of their own; they may still name options. */
export const keywords: ReadonlySet<string> = new Set([
  ...["import", "as", "from", "network", "block", "compile", "for", "in", "weights", "step", "dynamics"],
  ...["param", "shared", "require", "minimize", "maximize", "signal", "spikes", "if", "then", "else"],
  ...["and", "or", "not", "repeat"],
]);

type Coded = Pick<Token, "code">;

const partners: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** The bracket that closes an opening one; null for what opens nothing. */
export const partnerOf = ({ code }: Coded): string | null => partners[code] ?? null;

export const isClosing = ({ code }: Coded): boolean => code === ")" || code === "]" || code === "}";

export const isWord = (token: Token): boolean => token.code === codes.name || keywords.has(token.code);
