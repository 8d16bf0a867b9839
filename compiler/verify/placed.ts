import type { Program } from "./program.ts";
import { demand, fieldsOf, integersOf, listOf, textOf } from "./read.ts";

/** What sends from outside the chip. */
const host: ReadonlySet<unknown> = new Set(["input", "start", "events"]);

/** Every neuron of the chip has one place; how many there are. */
export const placed = (program: Pick<Program, "populations" | "cores">): number => {
  const counts = new Map(program.populations.map((p) => [p.id, new Uint8Array(p.size)]));
  for (const core of program.cores)
    for (const value of listOf(core.blocks, "blocks")) {
      const block = fieldsOf(value, "a block");
      const [from = 0, to = 0] = integersOf(block.range, "range");
      const count = counts.get(textOf(block.population, "population"));
      for (let i = from; i < to && count !== undefined; i++) count[i] = (count[i] ?? 0) + 1;
    }
  let neurons = 0;
  for (const { id, model, size } of program.populations) {
    const wanted = host.has(model.kind) ? 0 : 1;
    demand(counts.get(id)?.every((n) => n === wanted) === true, `${id} is not placed once`);
    neurons += wanted * size;
  }
  return neurons;
};
