import { type Args, type Fields, schema, type Values } from "../ir/index.ts";
import type { Graphs, LevelName } from "./graphs.ts";
import type { Context, Pass } from "./pass.ts";

/** A pass with the options of one compile: what a pipeline is a list of. */
export interface Planned<L extends LevelName> {
  readonly name: string;
  readonly pass: Pass<L>;
  readonly options: Values<Fields>;
  readonly run: (graph: Graphs[L], context: Context) => Graphs[L];
}

/** Options that are left out get their fallback. Throws SchemaError for options that do not fit. */
export const plan = <L extends LevelName, F extends Fields>(pass: Pass<L, F>, args: Args<F>): Planned<L> => {
  const options = schema.complete(pass.options, args);
  return { name: pass.name, pass, options, run: (graph, context) => pass.run(graph, options, context) };
};

/** The same for options that come from outside: a command line, a file. Throws SchemaError. */
export const planFrom = <L extends LevelName>(
  pass: Pass<L>,
  given: Readonly<Record<string, unknown>>,
): Planned<L> => plan<L, Fields>(pass, given);
