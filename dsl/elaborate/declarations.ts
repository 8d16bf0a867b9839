import { quoteName } from "../../compiler/diagnostics/index.ts";
import { once } from "../../compiler/ir/core/index.ts";
import { fileFaults } from "../diagnostics/file.ts";
import { loopFaults } from "../diagnostics/loop.ts";
import { nameFaults } from "../diagnostics/name.ts";
import { libraryNames } from "../library/index.ts";
import type { Compile, Constant, Data, Import, Name, Network } from "../syntax.ts";
import { type Context, countFaults, lineAt, placeOf, report } from "./context.ts";
import { type DataDescription, describeData } from "./data.ts";
import { evaluate } from "./evaluate.ts";
import type { BlockItem, Item, NetworkItem, Scope } from "./items.ts";
import { isLayer, layerWords } from "./layers/table.ts";
import { draftNetwork } from "./network.ts";
import { isStage } from "./resolve.ts";
import { networkFrom, networkOfModel, type SpkNetwork } from "./spk-network.ts";
import { meant } from "./suggest.ts";
import { bindWeights, isFilled, modelAt } from "./weights/bind.ts";

/** A name of a file; what it stands for is worked out when it is asked for, once. */
export type Declared =
  | {
      readonly kind: "network";
      readonly name: Name;
      readonly get: () => SpkNetwork | null;
      readonly item: NetworkItem;
    }
  | { readonly kind: "data"; readonly name: Name; readonly get: () => DataDescription | null }
  /** A number, a layer or a block. */
  | { readonly kind: "constant"; readonly name: Name; readonly item: Item | null }
  | { readonly kind: "unknown" };

/** A file with its names, and its compile sections. */
export interface Module {
  readonly names: ReadonlyMap<string, Declared>;
  readonly constants: Scope;
  readonly recipes: readonly Compile[];
}

/** All files of one elaboration. */
export interface Program {
  readonly context: Context;
  /** False: only what needs no weight file is checked. */
  readonly readsWeights: boolean;
  readonly modules: Map<string, Module>;
}

/** One file while its declarations are read. */
export interface Reading {
  readonly program: Program;
  /** Files that are being imported, outermost first. */
  readonly chain: readonly string[];
  readonly names: Map<string, Declared>;
  readonly constants: Scope;
}

/** Gives a name of a file its meaning; it stands once, and is no layer. */
export const declare = ({ program, names, constants }: Reading, name: Name, declared: Declared): void => {
  const { context } = program;
  if (isLayer(name.text)) {
    report(context, nameFaults.report("reserved", placeOf(context, name.span), { name: name.text }));
    return;
  }
  const before = names.get(name.text);
  if (before !== undefined && before.kind !== "unknown") {
    const remedy = `it stands on line ${lineAt(context, before.name.span)} already: choose another name`;
    report(context, nameFaults.report("twice", placeOf(context, name.span), { name: name.text, remedy }));
    return;
  }
  names.set(name.text, declared);
  if (declared.kind === "constant" || declared.kind === "network") constants.set(name.text, declared.item);
};

/** A name whose line could not be read: using it is no further fault. */
export const declareUnknown = ({ names, constants }: Reading, name: string): void => {
  if (names.has(name)) return;
  names.set(name, { kind: "unknown" });
  constants.set(name, null);
};

const elaborateNetwork = ({ program, constants }: Reading, network: Network): SpkNetwork | null => {
  const { context, readsWeights } = program;
  const draft = draftNetwork(context, constants, network);
  if (draft === null) return null;
  const trained = draft.weights !== null || isFilled(draft);
  const bound = trained && readsWeights ? bindWeights(context, draft) : draft;
  if (bound === null) return null;
  return networkFrom(draft, bound, trained);
};

/** A network as a stage: with its weights, or as text where those around it give them. */
const networkItem = (name: Name, get: () => SpkNetwork | null, block: BlockItem | null): NetworkItem => ({
  kind: "network",
  name: name.text,
  get: () => block ?? get(),
  span: name.span,
});

/** Elaborates once; a network that is a stage of itself is reported. */
const elaborateOnce = (reading: Reading, network: Network): (() => SpkNetwork | null) => {
  const { context } = reading.program;
  let running = false;
  const make = once(() => {
    running = true;
    const before = countFaults(context);
    // What uses this network does not stand around its own statements.
    const frames = context.frames.splice(0);
    const made = elaborateNetwork(reading, network);
    context.frames.push(...frames);
    running = false;
    return countFaults(context) > before ? null : made;
  });
  return () => {
    if (!running) return make();
    const holes = { name: network.name.text, chain: `${network.name.text} -> ${network.name.text}` };
    return report(context, loopFaults.report("circular", placeOf(context, network.name.span), holes));
  };
};

const namesWeights = ({ body }: Network): boolean => body.some(({ kind }) => kind === "weights");

export const readNetwork = (reading: Reading, network: Network): void => {
  const { name } = network;
  const get = elaborateOnce(reading, network);
  const block: BlockItem = { kind: "block", block: network, within: reading.constants, span: name.span };
  const item = networkItem(name, get, namesWeights(network) ? null : block);
  declare(reading, name, { kind: "network", name, get, item });
};

export const readBlock = (reading: Reading, block: Network): void => {
  const { name } = block;
  const item: BlockItem = { kind: "block", block, within: reading.constants, span: name.span };
  declare(reading, name, { kind: "constant", name, item });
};

/** `import name from "file.onnx"`: one network, read when it is asked for. */
export const importModel = (reading: Reading, { names, file }: Import, path: string): void => {
  const { context } = reading.program;
  const [imported, ...others] = names;
  if (imported === undefined) return;
  if (others.length > 0) {
    const holes = { name: quoteName(file.text), count: names.length };
    report(context, fileFaults.report("single", placeOf(context, file.span), holes));
  }
  const get = once((): SpkNetwork | null => {
    const model = modelAt(context, file, path);
    return model === null ? null : networkOfModel(imported.local.text, model);
  });
  const { local } = imported;
  declare(reading, local, { kind: "network", name: local, get, item: networkItem(local, get, null) });
  for (const { local } of others) declareUnknown(reading, local.text);
};

/** What was declared in another file, under the name that this file gives it. */
export const renamed = (declared: Declared, local: Name): Declared => {
  switch (declared.kind) {
    case "network": {
      const item = { ...declared.item, name: local.text };
      return { kind: "network", name: local, get: once(() => withName(declared.get(), local)), item };
    }
    case "data":
      return { kind: "data", name: local, get: once(() => withName(declared.get(), local)) };
    case "constant":
      return { ...declared, name: local };
    case "unknown":
      return declared;
  }
};

const withName = <T extends { readonly name: string }>(value: T | null, { text }: Name): T | null =>
  value === null ? null : { ...value, name: text };

export const readConstant = (reading: Reading, { name, value }: Constant): void => {
  const { context } = reading.program;
  const item = evaluate(context, reading.constants, value);
  if (item?.kind === "word" && !isStage(item.within, item.text)) {
    const known = [...layerWords, ...libraryNames, ...reading.constants.keys()];
    const holes = { name: item.text, remedy: meant(item.text, known) };
    report(context, nameFaults.report("value", placeOf(context, value.span), holes));
    declareUnknown(reading, name.text);
  } else declare(reading, name, { kind: "constant", name, item });
};

export const readData = (reading: Reading, data: Data): void => {
  const { program, constants } = reading;
  const get = once(() => describeData(program.context, constants, data));
  declare(reading, data.name, { kind: "data", name: data.name, get });
};
