import { item, type Json, type MachineProgram } from "../../compiler/ir/index.ts";
import type { Fact } from "../../compiler/target/index.ts";
import { target } from "./target.ts";

const limitJson = (fact: Fact | undefined): Json => {
  if (fact === undefined) return null;
  return "value" in fact
    ? { value: fact.value, unit: fact.unit, source: fact.source }
    : { unknown: fact.unknown, source: fact.source };
};

/** What a program uses of the chip, per resource and per core, beside the limits and their sources. */
export const resourcesOf = ({ cores }: MachineProgram): Json => {
  const names = cores[0]?.uses.map((u) => u.resource) ?? [];
  const amounts = names.map((_, r) => cores.map(({ uses }) => item(uses, r).amount));
  return {
    format: "spikefold/resources@1",
    target: target.name,
    cores: cores.length,
    chips: new Set(cores.map((c) => c.chip)).size,
    resources: names.map((resource, r) => ({
      resource,
      most: item(amounts, r).reduce((a, b) => Math.max(a, b), 0),
      total: item(amounts, r).reduce((a, b) => a + b, 0),
      limit: limitJson(target.capacity[resource]),
      perCore: item(amounts, r),
    })),
  };
};
