import type { OnnxAttribute } from "../decode/index.ts";
import { type Site, wrongAttribute } from "./site.ts";

const wrongKind = (site: Site, name: string, found: OnnxAttribute, wanted: string): never =>
  wrongAttribute(site, name, `it is of kind ${found.kind}, ${wanted} is needed`);

export const intOf = (site: Site, name: string, fallback: number): number => {
  const found = site.node.attributes.get(name);
  if (found === undefined) return fallback;
  return found.kind === "int" ? found.value : wrongKind(site, name, found, "int");
};

/** 0 or 1, as ONNX writes a yes or no. */
export const flagOf = (site: Site, name: string, fallback: boolean): boolean => {
  const value = intOf(site, name, fallback ? 1 : 0);
  if (value !== 0 && value !== 1) wrongAttribute(site, name, `it is ${value}, 0 or 1 is needed`);
  return value === 1;
};

/** Null when the attribute is left out. */
export const intsOf = (site: Site, name: string): readonly number[] | null => {
  const found = site.node.attributes.get(name);
  if (found === undefined) return null;
  return found.kind === "ints" ? found.value : wrongKind(site, name, found, "ints");
};

/** A bound; it may be infinite, NaN is refused. */
export const boundOf = (site: Site, name: string, fallback: number): number => {
  const found = site.node.attributes.get(name);
  if (found === undefined) return fallback;
  if (found.kind !== "float") return wrongKind(site, name, found, "float");
  return Number.isNaN(found.value) ? wrongAttribute(site, name, "it is no number") : found.value;
};

/** A finite number. */
export const floatOf = (site: Site, name: string, fallback: number): number => {
  const value = boundOf(site, name, fallback);
  return Number.isFinite(value) ? value : wrongAttribute(site, name, `it is ${value}`);
};

export const textOf = (site: Site, name: string, fallback: string): string => {
  const found = site.node.attributes.get(name);
  if (found === undefined) return fallback;
  return found.kind === "string" ? found.value : wrongKind(site, name, found, "string");
};

/** Finite numbers; null when the attribute is left out. */
export const floatsOf = (site: Site, name: string): readonly number[] | null => {
  const found = site.node.attributes.get(name);
  if (found === undefined) return null;
  if (found.kind !== "floats") return wrongKind(site, name, found, "floats");
  return found.value.every(Number.isFinite)
    ? found.value
    : wrongAttribute(site, name, "an entry is no finite number");
};

/** Null when the attribute is left out. */
export const textsOf = (site: Site, name: string): readonly string[] | null => {
  const found = site.node.attributes.get(name);
  if (found === undefined) return null;
  return found.kind === "strings" ? found.value : wrongKind(site, name, found, "strings");
};
