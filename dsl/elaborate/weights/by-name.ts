import { quoteName } from "../../../compiler/diagnostics/index.ts";
import { type Shape, showShape, type Weight } from "../../../compiler/ir/core/index.ts";
import { nameFaults } from "../../diagnostics/name.ts";
import { weightFaults } from "../../diagnostics/weights.ts";
import type { Binding } from "../../syntax.ts";
import { placeOf, report } from "../context.ts";
import { fullName, type Parameter } from "../store.ts";
import { list, meant } from "../suggest.ts";
import { fileName, fitsParameter, type WeightFile } from "./check.ts";

type Arrays = ReadonlyMap<string, Weight>;

const covers = (stage: string, path: string): boolean => path === stage || path.startsWith(`${stage}.`);

/** The name of a parameter in the file: the longest stage of the map that covers it gives way to its prefix. */
const nameInFile = ({ stage, role }: Parameter, bindings: readonly Binding[]): string => {
  const covering = bindings.filter((binding) => covers(binding.stage.text, stage));
  const [longest] = covering.sort((a, b) => b.stage.text.length - a.stage.text.length);
  if (longest === undefined) return fullName({ stage, role });
  return fullName({ stage: `${longest.prefix.text}${stage.slice(longest.stage.text.length)}`, role });
};

const checkBindings = (
  file: WeightFile,
  network: string,
  stages: readonly string[],
  bindings: readonly Binding[],
): void => {
  for (const { stage } of bindings) {
    if (stages.some((path) => covers(stage.text, path))) continue;
    const holes = {
      network,
      name: stage.text,
      remedy: meant(stage.text, stages, "it has no stage with weights"),
    };
    report(file.context, nameFaults.report("stage", placeOf(file.context, stage.span), holes));
  }
};

const roleOf = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

interface Spare {
  readonly name: string;
  readonly prefix: string;
}

const kindOf = (role: string, shape: Shape): string => `${role} ${showShape(shape)}`;

/** Arrays that nothing asks for, by role and shape, in the order of the file. */
const spareArrays = (arrays: Arrays, used: ReadonlySet<string>): ReadonlyMap<string, Spare[]> => {
  const spare = new Map<string, Spare[]>();
  for (const [name, w] of arrays) {
    if (used.has(name)) continue;
    const role = roleOf(name);
    const key = kindOf(role, w.shape);
    const alike = spare.get(key) ?? [];
    alike.push({ name, prefix: name.slice(0, Math.max(0, name.length - role.length - 1)) });
    spare.set(key, alike);
  }
  return spare;
};

const missingRemedy = (arrays: Arrays, found: Spare | undefined, stage: string): string => {
  if (found !== undefined)
    return `\`${quoteName(found.name)}\` has that shape: add { ${stage}: "${quoteName(found.prefix)}" }`;
  return arrays.size === 0
    ? "the file holds no arrays"
    : `the file holds ${list([...arrays.keys()].map(quoteName))}`;
};

// Counters that frameworks store beside their parameters.
const isCounter = (name: string): boolean => roleOf(name) === "num_batches_tracked";

const reportLeft = (file: WeightFile, arrays: Arrays, used: ReadonlySet<string>): void => {
  for (const [name, w] of arrays) {
    const integer = w.grid === null && w.dtype !== "f32" && w.dtype !== "f64";
    if (used.has(name) || isCounter(name) || (integer && file.name.text.endsWith(".onnx"))) continue;
    const holes = { name: quoteName(name), shape: showShape(w.shape), file: fileName(file) };
    const remedy = "add the stage that reads it, or take it out of the file";
    report(
      file.context,
      weightFaults.report("left", placeOf(file.context, file.name.span), { ...holes, remedy }),
    );
  }
};

/** Finds the array of every parameter by its name. All that is missing, misshapen or left over is reported. */
export const bindByName = (
  file: WeightFile,
  network: string,
  parameters: ReadonlyMap<Weight, Parameter>,
  bindings: readonly Binding[],
  arrays: Arrays,
): ReadonlyMap<Weight, Weight> => {
  const stages = [...new Set([...parameters.values()].map(({ stage }) => stage))];
  checkBindings(file, network, stages, bindings);
  const wanted = [...parameters].map(([placeholder, parameter]) => ({
    placeholder,
    parameter,
    name: nameInFile(parameter, bindings),
  }));
  const used = new Set(wanted.map(({ name }) => name));
  const spare = spareArrays(arrays, used);
  const bound = new Map<Weight, Weight>();
  for (const { placeholder, parameter, name } of wanted) {
    const found = arrays.get(name);
    if (found !== undefined) {
      if (fitsParameter(file, found, placeholder, parameter)) bound.set(placeholder, found);
      continue;
    }
    if (parameter.spread !== null && parameter.spread.otherwise !== null) continue;
    const { shape } = placeholder;
    const proposed = spare.get(kindOf(parameter.role, shape))?.shift();
    // What is proposed for a missing name is not reported as left over, too.
    if (proposed !== undefined) used.add(proposed.name);
    const remedy = missingRemedy(arrays, proposed, parameter.stage);
    const holes = { file: fileName(file), name: quoteName(name), shape: showShape(shape), remedy };
    report(file.context, weightFaults.report("missing", placeOf(file.context, file.name.span), holes));
  }
  reportLeft(file, arrays, used);
  return bound;
};
