/** A fault in a text form, with the line (from 1) it stands on. */
export class TextError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.name = "TextError";
    this.line = line;
  }
}

const deepest = 64;
const wordPattern = /[A-Za-z_][A-Za-z0-9_.]*/y;
const numberPattern = /-?(?:inf\b|\d+(?:\.\d+)?(?:e[+-]?\d+)?)/y;
const blankPattern = /(?:\s|\/\/[^\n]*)*/y;

/** A position in a text; every reader of the text forms shares it. Throws TextError. */
export class Cursor {
  readonly text: string;
  private position = 0;
  private read = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
    this.skip();
  }

  /** A fault of what comes next. */
  fail(message: string): never {
    throw new TextError(this.text.slice(0, this.position).split("\n").length, message);
  }

  /** A fault of what was just read. */
  refuse(message: string): never {
    throw new TextError(this.text.slice(0, this.read).split("\n").length, message);
  }

  /** Runs a reader one level deeper; refuses texts nested deeper than 64. */
  nested<T>(read: () => T): T {
    this.depth++;
    if (this.depth > deepest) this.fail(`values nest deeper than ${deepest}`);
    const value = read();
    this.depth--;
    return value;
  }

  peek(symbol: string): boolean {
    return this.text.startsWith(symbol, this.position);
  }

  /** Takes the symbol when it is next. */
  take(symbol: string): boolean {
    if (!this.peek(symbol)) return false;
    this.position += symbol.length;
    this.skip();
    return true;
  }

  expect(symbol: string): void {
    if (!this.take(symbol))
      this.fail(
        `expected ${symbol}, found ${JSON.stringify(this.text.slice(this.position, this.position + 12))}`,
      );
  }

  atEnd(): boolean {
    return this.position >= this.text.length;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found === null) return null;
    this.position += found.length;
    this.skip();
    return found;
  }

  private skip(): void {
    this.read = this.position;
    blankPattern.lastIndex = this.position;
    this.position += blankPattern.exec(this.text)?.[0].length ?? 0;
  }

  word(): string {
    return this.match(wordPattern) ?? this.fail("expected a word");
  }

  tryNumber(): number | null {
    const found = this.match(numberPattern);
    if (found === null) return null;
    return found.endsWith("inf") ? (found.startsWith("-") ? -Infinity : Infinity) : Number(found);
  }

  number(): number {
    return this.tryNumber() ?? this.fail("expected a number");
  }

  string(): string {
    const found = this.match(/"(?:[^"\\\n]|\\.)*"/y) ?? this.fail("expected a string");
    try {
      return String(JSON.parse(found));
    } catch {
      return this.fail("a string has a wrong escape");
    }
  }

  /** A bracketed list with commas; a comma may close it. */
  list<T>(open: string, close: string, read: () => T): readonly T[] {
    this.expect(open);
    const items: T[] = [];
    while (!this.take(close)) {
      items.push(read());
      if (!this.take(",")) {
        this.expect(close);
        break;
      }
    }
    return items;
  }
}
