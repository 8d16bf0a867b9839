import type { Compile } from "../../syntax.ts";
import { reportLater } from "../context.ts";
import type { Compiling } from "./compiling.ts";
import type { Recipe, Requirement, Step } from "./recipe.ts";
import { readRequirement } from "./require.ts";
import { checkMeasured, checkOrder } from "./rules.ts";
import { readStep } from "./steps.ts";
import { checkModes, readTarget } from "./targets.ts";

/** Elaborates a compile section. Null: faults were reported, all of them. */
export const readRecipe = (compiling: Compiling, compile: Compile): Recipe | null => {
  const { context } = compiling;
  const before = context.faults.count();
  const targets = compile.targets
    .map((call) => readTarget(compiling, call))
    .filter((target) => target !== null);
  const calls = compile.steps.flatMap((step) => (step.kind === "pass" ? [step.call] : []));
  const steps: Step[] = [];
  const requirements: Requirement[] = [];
  for (const part of compile.steps) {
    if (part.kind === "pass") {
      const step = readStep(compiling, part.call);
      if (step !== null) steps.push(step);
    } else if (part.kind === "require") {
      const requirement = readRequirement(compiling, part);
      if (requirement !== null) requirements.push(requirement);
    } else if (part.kind === "goal")
      reportLater(context, part.word, "leave it out: goals belong to `search`");
  }
  checkOrder(compiling, compile.span, calls);
  checkMeasured(compiling, calls, steps, requirements);
  checkModes(compiling, targets, steps, calls.find(({ path }) => path.text === "convert") ?? null);
  if (context.faults.count() > before) return null;
  const origin = { name: compile.network.text, span: compile.span };
  return {
    network: compile.network.text,
    targets: targets.map(({ choice }) => choice),
    steps,
    requirements,
    origin,
  };
};
