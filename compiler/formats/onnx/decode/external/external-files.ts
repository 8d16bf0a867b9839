import { dirname } from "node:path";
import { type Diagnostic, inFile, quoteName, Rejected, type Where } from "../../../../diagnostics/index.ts";
import { onnxDiagnostics } from "../../diagnostics.ts";
import type { ExternalRange } from "../model.ts";
import { type GateOptions, type Identity, type Refusal, readAt, throughGate } from "./gate.ts";

/** Access to the files beside a model. */
export interface ExternalFiles {
  /** A range of a file, checked but not read, or why it is refused. One message a location, not one a tensor. */
  readonly range: (
    location: string,
    offset: number,
    length: number,
    tensor: string,
  ) => ExternalRange | Diagnostic;
}

const refusalNames = { path: "external-path", link: "external-link", file: "external-file" } as const;

const told = ({ kind, fault }: Refusal, location: string, where: Where): Diagnostic =>
  onnxDiagnostics.report(refusalNames[kind], where, { location: quoteName(location), fault });

const isSame = (a: Identity, b: Identity): boolean =>
  a.device === b.device && a.inode === b.inode && a.size === b.size && a.modified === b.modified;

const changed: Refusal = { kind: "file", fault: "it changed after the model was read" };

const rangeIn = (
  folder: string,
  location: string,
  seen: Identity,
  place: { readonly offset: number; readonly length: number },
  options: GateOptions,
  where: Where,
): ExternalRange => ({
  length: place.length,
  read: (from, count) => {
    if (from < 0 || count < 0 || from + count > place.length)
      throw new RangeError(`bytes ${from} to ${from + count} of ${place.length} were asked for`);
    const found = throughGate(folder, location, options, (handle, now) =>
      isSame(seen, now) ? readAt(handle, place.offset + from, count) : null,
    );
    const refusal = "refusal" in found ? found.refusal : changed;
    const bytes = "ok" in found ? found.ok : null;
    if (bytes === null) throw new Rejected([told(refusal, location, where)]);
    return bytes;
  },
});

/**
 * The files beside a model, for `decodeModel`. Everything goes through one gate, and each range is read
 * through it again. `modelPath` is the model's path; its folder is the only one that is read.
 */
export const externalFilesBeside = (
  modelPath: string,
  options: GateOptions = { allowHardLinks: false },
): ExternalFiles => {
  const folder = dirname(modelPath);
  const where = inFile(modelPath);
  const seen = new Map<string, Identity | Diagnostic>();
  const identify = (location: string): Identity | Diagnostic => {
    const known = seen.get(location);
    if (known !== undefined) return known;
    const found = throughGate(folder, location, options, (_, identity) => identity);
    const result = "ok" in found ? found.ok : told(found.refusal, location, where);
    seen.set(location, result);
    return result;
  };
  return {
    range: (location, offset, length, tensor) => {
      const identity = identify(location);
      if ("code" in identity) return identity;
      if (offset + length <= identity.size)
        return rangeIn(folder, location, identity, { offset, length }, options, where);
      const fault = `bytes ${offset} to ${offset + length} of "${quoteName(location)}" are named, the file has ${identity.size}`;
      return onnxDiagnostics.report("external-range", where, { tensor: quoteName(tensor), fault });
    },
  };
};
