import { nameFaults } from "../diagnostics/name.ts";
import { weightFaults } from "../diagnostics/weights.ts";
import type { Compile } from "../syntax.ts";
import { type Context, placeOf, report } from "./context.ts";
import type { DataDescription } from "./data.ts";
import type { Module, Program } from "./declarations.ts";
import type { Item } from "./items.ts";
import { readModule } from "./module.ts";
import { readRecipe } from "./recipe/compile.ts";
import type { Recipe } from "./recipe/recipe.ts";
import { checkTimeRecipe, subjectOf } from "./recipe/subject.ts";
import type { SpkNetwork } from "./spk-network.ts";
import { meant } from "./suggest.ts";

/** What one file elaborates to: everything that it declares or imports, in its order. */
export interface SpkProgram {
  readonly networks: readonly SpkNetwork[];
  readonly data: readonly DataDescription[];
  readonly recipes: readonly Recipe[];
}

interface Elaborated {
  readonly networks: ReadonlyMap<string, SpkNetwork | null>;
  readonly data: ReadonlyMap<string, DataDescription | null>;
  readonly constants: ReadonlyMap<string, Item | null>;
}

const elaborateNames = ({ names }: Module): Elaborated => {
  const networks = new Map<string, SpkNetwork | null>();
  const data = new Map<string, DataDescription | null>();
  const constants = new Map<string, Item | null>();
  for (const [name, declared] of names) {
    if (declared.kind === "network") networks.set(name, declared.get());
    else if (declared.kind === "data") data.set(name, declared.get());
    else if (declared.kind === "constant") constants.set(name, declared.item);
    else {
      networks.set(name, null);
      data.set(name, null);
      constants.set(name, null);
    }
  }
  return { networks, data, constants };
};

const networkOf = (context: Context, { networks }: Elaborated, { network }: Compile): SpkNetwork | null => {
  const found = networks.get(network.text);
  const where = placeOf(context, network.span);
  if (found === undefined) {
    const holes = { name: network.text, remedy: meant(network.text, [...networks.keys()]) };
    return report(context, nameFaults.report("network", where, holes));
  }
  if (found?.trained === false)
    report(context, weightFaults.report("none", where, { network: network.text }));
  return found;
};

/** Elaborates a file and all that it imports. Faults are in the context; what has faults is left out. */
export const elaborateFile = (
  context: Context,
  file: string,
  text: string,
  readsWeights: boolean,
): SpkProgram => {
  const program: Program = { context, readsWeights, modules: new Map() };
  const module = readModule(program, file, text, []);
  const elaborated = elaborateNames(module);
  const { networks, data, constants } = elaborated;
  const recipes = module.recipes.map((compile) => {
    const network = networkOf(context, elaborated, compile);
    if (network?.kind === "native") checkTimeRecipe(context, compile);
    const subject = network === null ? null : subjectOf(network);
    return readRecipe(
      { context, constants, network: compile.network.text, networks, subject, data },
      compile,
    );
  });
  return {
    networks: [...networks.values()].filter((network) => network !== null),
    data: [...data.values()].filter((known) => known !== null),
    recipes: recipes.filter((recipe) => recipe !== null),
  };
};
