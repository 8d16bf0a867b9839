/** Compiler settings of a generated program: strict, nothing that is installed is needed but `spikefold`. */
const settings = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2022"],
    module: "nodenext",
    moduleDetection: "force",
    types: [],
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
  scripts: { build: "tsc -p .", start: "node network.js" },
  dependencies: { spikefold: "^0.1.0" },
} as const;

const text = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** `tsconfig.json` and `package.json`, by name. */
export const projectFiles: ReadonlyMap<string, string> = new Map([
  ["tsconfig.json", text(settings)],
  ["package.json", text(manifest)],
]);
