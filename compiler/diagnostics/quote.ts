// C0 and C1 controls, bidi marks, line separators: what a name from a model could do to a terminal.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]/g;

const longest = 80;

/** A name from a model, safe to print: controls escaped, at most 80 characters. */
export const quoteName = (name: string): string => {
  const shown = name.length > longest ? `${name.slice(0, longest - 3)}...` : name;
  return shown.replace(unsafe, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
};
