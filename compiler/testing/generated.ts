import fc from "fast-check";
import { type Dialect, type Graph, type Level, print } from "../ir/index.ts";

/** Shows a counterexample as the recipe and the text form; printed as an object, a DAG would unfold without end. */
export const shownAsText = <D extends Dialect, G extends Graph<D>>(
  level: Level<D>,
  recipe: unknown,
  graph: G,
): G => {
  const show = (): string => `\n// recipe ${JSON.stringify(recipe)}\n${print(level, graph)}`;
  Object.defineProperty(graph, fc.toStringMethod, { value: show, enumerable: false });
  return graph;
};
