import type { TensorNode } from "../ir/tensor/index.ts";

/** Stages that a step is for, by their names or by those of levels above them; `only` null: all. */
export interface StageScope {
  readonly only: readonly string[] | null;
  readonly except: readonly string[];
}

/** True for the stage itself, and for one in the block or loop of that name. */
export const isNamed = (stage: string, name: string): boolean =>
  stage === name || stage.startsWith(`${name}.`);

const isAmong = ({ origins }: TensorNode, names: readonly string[]): boolean =>
  origins.some((origin) => names.some((name) => isNamed(origin.name, name)));

/** True for a node that came from a stage of the scope. */
export const isInScope = (node: TensorNode, { only, except }: StageScope): boolean =>
  (only === null || isAmong(node, only)) && !isAmong(node, except);
