import { type Case, shapeOf } from "./case.ts";
import { attrsOf, type Integers, readIntegers, stepsOf, type Walked, walk } from "./integers.ts";
import { residuesFrom } from "./program.ts";
import { demand, type Fields, type Folder, fieldsOf, integersOf, listOf, numberOf, textOf } from "./read.ts";
import type { Report } from "./report.ts";

const nameOf = (node: Fields | undefined): string => String(listOf(node?.origins ?? [""], "origins")[0]);

const vectors = 8;

/** The target's own integer network against the common one: the same files, or the same values on random inputs. */
export const checkRewrite = (folder: Folder, c: Case, target: Fields, seed: string, report: Report): void => {
  const name = textOf(target.name, "name");
  if (
    folder.hash("integer.json") === folder.hash(`${name}/integer.json`) &&
    folder.hash("weights.bin") === folder.hash(`${name}/integer.bin`)
  )
    return report("integer-network", name, "the same files");
  const common = readIntegers(folder, "integer.json", "weights.bin");
  const pairs = new Map(
    listOf(target.pairs, "pairs").map((p) => [
      numberOf(fieldsOf(p, "a pair").node, "node"),
      textOf(fieldsOf(p, "a pair").value, "value"),
    ]),
  );
  const next = residuesFrom(seed);
  const shapes = (ids: ReadonlyMap<number, string>) => (node: number) =>
    shapeOf({ ...c, valueOf: ids }, node);
  for (let n = 0; n < vectors; n++) {
    const inputs = new Map<string, Float64Array>();
    const run = (network: Integers, ids: ReadonlyMap<number, string>): Walked =>
      walk(network, {
        reduce: (x) => x,
        bias: true,
        pool: "max",
        shapeOf: shapes(ids),
        value: (i, sum) => {
          const node = network.nodes[i] ?? {};
          const attrs = attrsOf(node);
          if (sum === null) {
            const key = textOf(attrs.name, "name");
            const [low, high] = [numberOf(attrs.low, "low"), numberOf(attrs.high, "high")];
            const size = integersOf(attrs.shape, "shape").reduce((a, b) => a * b, 1);
            const value =
              inputs.get(key) ?? Float64Array.from({ length: size }, () => low + (next() % (high - low + 1)));
            inputs.set(key, value);
            return value;
          }
          if (node.op === "maxPool") return sum;
          const steps = stepsOf(fieldsOf(attrs.fn, "fn"), network.weights);
          const inner = sum.length / (shapes(ids)(i)[0] ?? 1);
          return sum.map((s, k) => {
            let q = 0;
            while (q < steps.high && s >= steps.jump(Math.floor(k / inner), q + 1)) q++;
            return q;
          });
        },
      });
    const [a, b] = [run(common, pairs), run(c.own, c.valueOf)];
    const own = new Map([...c.valueOf].map(([node, id]) => [id, node]));
    for (const [node, id] of pairs) {
      const twin = b.values[own.get(id) ?? -1];
      demand(
        twin !== undefined && a.values[node]?.every((v, k) => v === twin[k]) === true,
        `${nameOf(common.nodes[node])} differs after the target's own passes`,
      );
    }
  }
  report("integer-network-rewritten", name, `${vectors} random inputs, every paired value`, "tested");
};
