/**
 * Compiler settings of a generated program: strict, and nothing needs to be installed but `spikefold`. They only check:
 * a build folder holds what its manifest lists, and `network.js` is there already.
 */
const settings = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2022"],
    module: "nodenext",
    moduleDetection: "force",
    types: [],
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
  },
  files: ["network.ts"],
} as const;

const manifest = {
  private: true,
  type: "module",
  scripts: { build: "tsc -p . --noEmit false", start: "node network.js" },
  dependencies: { spikefold: "^0.1.0" },
} as const;

const text = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** `tsconfig.json` and `package.json`, by name. */
export const projectFiles: ReadonlyMap<string, string> = new Map([
  ["tsconfig.json", text(settings)],
  ["package.json", text(manifest)],
]);
