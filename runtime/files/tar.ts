import { inFile, Rejected } from "../../compiler/diagnostics/index.ts";
import { dataDiagnostics } from "./diagnostics.ts";
import { gunzip, isGzip } from "./inflate.ts";
import { isXz, unxz } from "./xz.ts";

const block = 512;

const text = (bytes: Uint8Array, from: number, length: number): string => {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
};

const octal = (bytes: Uint8Array, from: number, length: number): number => {
  const digits = text(bytes, from, length).trim();
  return /^[0-7]{1,12}$/.test(digits) ? Number.parseInt(digits, 8) : -1;
};

/** Sum of the head with spaces for its own sum. */
const sumOf = (head: Uint8Array): number =>
  head.reduce((sum, b, i) => sum + (i >= 148 && i < 156 ? 32 : b), 0);

const isHead = (head: Uint8Array): boolean => head.length === block && octal(head, 148, 8) === sumOf(head);

/** True for a tar archive that is plain, or packed with gzip or xz by its name. */
export const isTarName = (path: string): boolean => /\.(tar|tar\.gz|tgz|tar\.xz|txz)$/.test(path);

/** Plain files of an archive (POSIX ustar), by path; links and folders are left out. Throws Rejected (`data/damaged`). */
export const readTar = (packed: Uint8Array, file: string): ReadonlyMap<string, Uint8Array> => {
  const bytes = isXz(packed) ? unxz(packed, file) : isGzip(packed) ? gunzip(packed, file) : packed;
  const refuse = (fault: string): never => {
    const holes = { format: "tar", fault, tool: "tar" };
    throw new Rejected([dataDiagnostics.report("damaged", inFile(file), holes)]);
  };
  const files = new Map<string, Uint8Array>();
  let at = 0;
  while (at + block <= bytes.length && bytes[at] !== 0) {
    const head = bytes.subarray(at, at + block);
    if (!isHead(head)) refuse(`byte ${at} begins no entry`);
    const size = octal(head, 124, 12);
    const data = at + block;
    if (size < 0 || data + size > bytes.length)
      refuse(`the entry at byte ${at} has no size, or ends behind the file`);
    const [prefix, name] = [text(head, 345, 155), text(head, 0, 100)];
    const type = head[156] ?? 0;
    if (type === 0 || type === 0x30)
      files.set(prefix === "" ? name : `${prefix}/${name}`, bytes.subarray(data, data + size));
    at = data + Math.ceil(size / block) * block;
  }
  return files;
};
