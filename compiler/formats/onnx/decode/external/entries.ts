import { type Diagnostic, quoteName, type Where } from "../../../../diagnostics/index.ts";
import { onnxDiagnostics } from "../../diagnostics.ts";
import { limits } from "../limits.ts";

/** One StringStringEntryProto of `external_data`. */
export interface ExternalEntry {
  readonly key: string;
  readonly value: string;
}

/** What the entries say. `length` is null when the rest follows from the shape. */
interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number | null;
}

/** The keys of onnx/onnx:docs/ExternalData.md. The checksum is no proof of anything, and not compared. */
const known = ["location", "offset", "length", "checksum"];

const keyFault = (entries: readonly ExternalEntry[]): string | null => {
  const keys = entries.map(({ key }) => key);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown !== undefined) return `key "${quoteName(unknown)}" is not one of ${known.join(", ")}`;
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) return `key "${twice}" stands twice`;
  return keys.includes("location") ? null : 'key "location" is missing';
};

/**
 * Why a location cannot name a file beside the model, or null. Only the text is judged here. A backslash and
 * a drive are refused everywhere, so that a model means the same on every system.
 */
export const locationFault = (location: string): string | null => {
  if (location === "") return "it is empty";
  if (location.length > limits.location)
    return `it has ${location.length} characters, at most ${limits.location} are read`;
  if (location.includes("\0")) return "it holds a NUL character";
  if (location.includes("\\")) return "it holds a backslash";
  if (location.startsWith("/")) return "it is absolute";
  if (/^[A-Za-z]:/.test(location)) return "it starts with a drive";
  return location.split("/").includes("..") ? 'it holds ".."' : null;
};

/** A number of bytes in decimal digits; NaN for anything else. */
const bytesIn = (text: string): number => {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
};

/** The place that the entries name, or what is wrong with them. Nothing is opened. */
export const placeOf = (
  tensor: string,
  entries: readonly ExternalEntry[],
  where: Where,
): ExternalPlace | Diagnostic => {
  const name = quoteName(tensor);
  const key = keyFault(entries);
  if (key !== null) return onnxDiagnostics.report("external-key", where, { tensor: name, fault: key });
  const valueOf = (wanted: string): string | null =>
    entries.find((entry) => entry.key === wanted)?.value ?? null;
  const location = valueOf("location") ?? "";
  const fault = locationFault(location);
  if (fault !== null)
    return onnxDiagnostics.report("external-path", where, { location: quoteName(location), fault });
  const offset = bytesIn(valueOf("offset") ?? "0");
  const length = valueOf("length");
  if (Number.isNaN(offset) || (length !== null && Number.isNaN(bytesIn(length)))) {
    const [wrong, text] = Number.isNaN(offset) ? ["offset", valueOf("offset")] : ["length", length];
    const said = `its ${wrong} is "${quoteName(text ?? "")}", a whole number of bytes is needed`;
    return onnxDiagnostics.report("external-range", where, { tensor: name, fault: said });
  }
  return { location, offset, length: length === null ? null : bytesIn(length) };
};
