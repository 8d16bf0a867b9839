import { existsSync, readFileSync } from "node:fs";

const isNamed = (value: unknown): value is { readonly name: unknown; readonly version: unknown } =>
  typeof value === "object" && value !== null && "name" in value && "version" in value;

/** The manifest above this file: one folder further up in the built package than in the source. */
const versionAbove = (from: string): string => {
  const path = new URL("package.json", from);
  if (existsSync(path)) {
    const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isNamed(manifest) && manifest.name === "spikefold") return String(manifest.version);
  }
  const above = new URL("../", from).href;
  if (above === from) throw new Error("the package's own manifest is missing");
  return versionAbove(above);
};

/** Version of the package, from its manifest. */
export const version: string = versionAbove(new URL("./", import.meta.url).href);
