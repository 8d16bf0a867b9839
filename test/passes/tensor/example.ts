import { readFileSync } from "node:fs";
import { parse, print, tensorLevel } from "../../../compiler/ir/index.ts";
import { type Pass, planFrom } from "../../../compiler/pass/index.ts";
import { testContext } from "../../../compiler/testing/index.ts";
import { repoFile } from "../../shared-data.ts";

/** The text between `// before:` and `// after:`, and the one behind it, of the comment in a pass's file. */
const examplesIn = (source: string): readonly string[] =>
  source
    .split(/^\/\/ (?:before|after):$/m)
    .slice(1)
    .map((part) => {
      const lines = part.split("\n").slice(1);
      const end = lines.findIndex((line) => !line.startsWith("//   "));
      return `${lines
        .slice(0, end)
        .map((line) => line.slice(5))
        .join("\n")}\n`;
    });

/** Runs the example in the header comment of a pass: [what the pass makes of `before`, what the comment says]. */
export const runExample = (
  pass: Pass<"tensor">,
  args: Readonly<Record<string, unknown>> = {},
): readonly [string, string] => {
  const [before, after] = examplesIn(
    readFileSync(repoFile(`compiler/passes/tensor/${pass.name}.ts`), "utf8"),
  );
  if (before === undefined || after === undefined) throw new Error(`${pass.name} shows no example`);
  const graph = planFrom(pass, args).run(parse(tensorLevel, before), testContext(null));
  return [print(tensorLevel, graph), after];
};
