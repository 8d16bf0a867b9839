import { quoteName } from "../../compiler/diagnostics/index.ts";
import { fileFaults } from "../diagnostics/file.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { isLibrary } from "../library/file.ts";
import { parseSource } from "../parse/parse.ts";
import { sourceOf } from "../source.ts";
import type { Compile, Declaration, Import, Name } from "../syntax.ts";
import { placeOf, readFrom, report } from "./context.ts";
import {
  declare,
  declareUnknown,
  importModel,
  type Module,
  type Program,
  type Reading,
  readBlock,
  readConstant,
  readData,
  readNetwork,
  renamed,
} from "./declarations.ts";
import { scopeIn } from "./items.ts";
import { libraryScope } from "./library.ts";
import { extensionOf, resolveFile } from "./paths.ts";
import { meant } from "./suggest.ts";

const importSource = (reading: Reading, { names, file }: Import, path: string): void => {
  const { context } = reading.program;
  const module = loadModule(reading.program, path, file, reading.chain);
  for (const { name, local } of names) {
    const found = module?.names.get(name.text);
    if (found !== undefined) declare(reading, local, renamed(found, local));
    else {
      declareUnknown(reading, local.text);
      if (module === null) continue;
      const holes = {
        file: quoteName(file.text),
        name: name.text,
        remedy: meant(name.text, [...module.names.keys()]),
      };
      report(context, nameFaults.report("imported", placeOf(context, name.span), holes));
    }
  }
};

const readImport = (reading: Reading, declaration: Import): void => {
  const { context } = reading.program;
  const { file, names } = declaration;
  const extension = extensionOf(file.text);
  const path = resolveFile(context, file);
  if (path !== null && (extension === "onnx" || extension === "nir")) importModel(reading, declaration, path);
  else if (path !== null && extension === "spk") importSource(reading, declaration, path);
  else {
    for (const { local } of names) declareUnknown(reading, local.text);
    if (path === null) return;
    const name = { text: quoteName(file.text), span: file.span };
    report(context, fileFaults.report("format", placeOf(context, file.span), { name: name.text }));
  }
};

const readDeclaration = (reading: Reading, declaration: Declaration): readonly Compile[] => {
  switch (declaration.kind) {
    case "import":
      readImport(reading, declaration);
      return [];
    case "data":
      readData(reading, declaration);
      return [];
    case "constant":
      readConstant(reading, declaration);
      return [];
    case "compile":
      return [declaration];
    case "network":
      readNetwork(reading, declaration);
      return [];
    case "block":
      readBlock(reading, declaration);
      return [];
    case "broken":
      for (const name of declaration.names) declareUnknown(reading, name);
      return [];
  }
};

/** Most files of one program; each is read once. */
const mostFiles = 64;

/** Reads the names of a text. What they stand for is elaborated when it is asked for. */
export const readModule = (
  program: Program,
  file: string,
  text: string,
  chain: readonly string[],
): Module => {
  const { context } = program;
  const source = sourceOf(file, text);
  context.sources.set(file, source);
  const tree = parseSource(source, context.faults);
  const constants = scopeIn(libraryScope(context));
  const reading: Reading = { program, chain: [...chain, file], names: new Map(), constants };
  const recipes = tree.declarations.flatMap((declaration) => readDeclaration(reading, declaration));
  const module = { names: reading.names, constants, recipes };
  program.modules.set(file, module);
  return module;
};

const loadModule = (program: Program, path: string, name: Name, chain: readonly string[]): Module | null => {
  const { context, modules } = program;
  const where = placeOf(context, name.span);
  if (chain.includes(path)) {
    const shown = [...chain.slice(chain.indexOf(path)), path].join(" -> ");
    return report(context, fileFaults.report("cycle", where, { name: quoteName(name.text), chain: shown }));
  }
  const known = modules.get(path);
  if (known !== undefined) return known;
  if ([...context.sources.keys()].filter((name) => !isLibrary(name)).length >= mostFiles)
    return report(context, fileFaults.report("imports", where, { limit: mostFiles }));
  const text = readFrom(context, name, () => context.host.readText(path));
  return text === null ? null : readModule(program, path, text, chain);
};
