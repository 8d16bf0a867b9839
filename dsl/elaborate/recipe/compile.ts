import type { Diagnostic } from "../../../compiler/diagnostics/index.ts";
import type { Compile } from "../../syntax.ts";
import { countFaults } from "../context.ts";
import type { Compiling } from "./compiling.ts";
import { type Named, readGoal } from "./goal.ts";
import type { Recipe, Requirement, Step } from "./recipe.ts";
import { readRequirement } from "./require.ts";
import { checkMeasured, checkOrder } from "./rules.ts";
import { readStep } from "./steps.ts";
import { checkGraded, checkModes, readTarget } from "./targets.ts";

/** What the lines of a section say, one after the other. */
interface Lines {
  readonly steps: readonly Step[];
  readonly requirements: readonly Requirement[];
  /** Metrics of goals and requirements, where they are named. */
  readonly named: readonly Named[];
  readonly refused: readonly Diagnostic[];
}

const readLines = (compiling: Compiling, compile: Compile): Lines => {
  const steps: Step[] = [];
  const requirements: Requirement[] = [];
  const named: Named[] = [];
  const refused: Diagnostic[] = [];
  for (const part of compile.steps) {
    if (part.kind === "pass") {
      const read = readStep(compiling, part.call);
      if (read.step !== null) steps.push(read.step);
      refused.push(...read.refused);
    } else if (part.kind === "require") {
      const read = readRequirement(compiling, part);
      if (read === null) continue;
      requirements.push(read.requirement);
      named.push(read.requirement);
      refused.push(...read.refused);
    } else if (part.kind === "goal") {
      const read = readGoal(compiling, part);
      named.push(...read.named);
      refused.push(...read.refused);
    }
  }
  return { steps, requirements, named, refused };
};

/** Elaborates a compile section. Null: faults were reported, all of them. */
export const readRecipe = (compiling: Compiling, compile: Compile): Recipe | null => {
  const { context } = compiling;
  const before = countFaults(context);
  const targets = compile.targets
    .map((call) => readTarget(compiling, call))
    .filter((target) => target !== null);
  const calls = compile.steps.flatMap((step) => (step.kind === "pass" ? [step.call] : []));
  const { steps, requirements, named, refused } = readLines(compiling, compile);
  checkOrder(compiling, compile.span, calls);
  checkMeasured(compiling, calls, steps, named);
  checkModes(compiling, targets, steps, calls.find(({ path }) => path.text === "convert") ?? null);
  checkGraded(compiling, targets, calls);
  if (countFaults(context) > before) return null;
  return {
    network: compile.network.text,
    targets: targets.map(({ choice }) => choice),
    steps,
    requirements,
    refused,
    origin: { name: compile.network.text, span: compile.span },
  };
};
