import { quoteName } from "../../../compiler/diagnostics/index.ts";
import { showShape, type Weight, weight } from "../../../compiler/ir/core/index.ts";
import { native } from "../../../compiler/native/index.ts";
import { weightFaults } from "../../diagnostics/weights.ts";
import { allKnown } from "../all-known.ts";
import { type Context, placeOf, readFrom, report } from "../context.ts";
import { drawn, type Fans, type Init } from "../init.ts";
import { fullName, type Parameter, type Spread } from "../store.ts";
import { list } from "../suggest.ts";
import { fitsParameter } from "./check.ts";

interface Filling {
  readonly context: Context;
  readonly parameters: ReadonlyMap<Weight, Parameter>;
  readonly done: Map<Weight, Weight | null>;
  readonly files: Map<string, ReadonlyMap<string, Weight> | null>;
  /** What fills the parameters that the `weights` line covers, when it names no file. */
  readonly otherwise: Init | null;
}

type Load = Init & { readonly kind: "load" };

const arraysOf = ({ context, files }: Filling, { file, path }: Load): ReadonlyMap<string, Weight> | null => {
  const known = files.get(path);
  if (known !== undefined) return known;
  const read = readFrom(context, file, () => context.host.readWeights(path));
  files.set(path, read);
  return read;
};

const loaded = (filling: Filling, init: Load, placeholder: Weight, parameter: Parameter): Weight | null => {
  const { context } = filling;
  const arrays = arraysOf(filling, init);
  if (arrays === null) return null;
  const found = arrays.get(init.name);
  const where = placeOf(context, init.file.span);
  const names = { file: quoteName(init.file.text), name: quoteName(init.name) };
  if (found === undefined) {
    const remedy = `the file holds ${list([...arrays.keys()].map(quoteName))}`;
    const shape = showShape(placeholder.shape);
    return report(context, weightFaults.report("missing", where, { ...names, shape, remedy }));
  }
  return fitsParameter({ context, name: init.file }, found, placeholder, parameter) ? found : null;
};

const filled = (
  filling: Filling,
  init: Init,
  fans: Fans,
  placeholder: Weight,
  parameter: Parameter,
): Weight | null => {
  if (init.kind === "load") return loaded(filling, init, placeholder, parameter);
  const name = fullName(parameter);
  const { shape } = placeholder;
  return weight({ name, shape, dtype: "f32", data: () => drawn(init, name, shape, fans) });
};

const unfilled = ({ context }: Filling, placeholder: Weight, parameter: Parameter): null => {
  const holes = { name: quoteName(placeholder.name), file: "the file" };
  return report(context, weightFaults.report("unfilled", placeOf(context, parameter.span), holes));
};

const usual = (
  filling: Filling,
  { otherwise }: Spread,
  placeholder: Weight,
  parameter: Parameter,
): Weight | null =>
  otherwise === null ? unfilled(filling, placeholder, parameter) : native.scalar(placeholder.name, otherwise);

const make = (filling: Filling, placeholder: Weight): Weight | null => {
  const parameter = filling.parameters.get(placeholder);
  if (parameter === undefined) return placeholder;
  const { source } = parameter;
  switch (source.kind) {
    case "weights": {
      const { otherwise } = filling;
      // Parameters of neurons are never drawn: they are what the file says, or their default.
      if (parameter.spread !== null) return usual(filling, parameter.spread, placeholder, parameter);
      if (otherwise === null) return unfilled(filling, placeholder, parameter);
      const { value, fans } = source.start;
      const init = value === null ? otherwise : ({ kind: "constant", value } as const);
      return filled(filling, init, fans, placeholder, parameter);
    }
    case "init":
      return filled(filling, source.init, source.fans, placeholder, parameter);
    case "derived": {
      const given = allKnown(source.from.map((of) => fill(filling, of)));
      return given === null ? null : source.make(given);
    }
  }
};

const fill = (filling: Filling, placeholder: Weight): Weight | null => {
  const known = filling.done.get(placeholder);
  if (known !== undefined) return known;
  const made = make(filling, placeholder);
  filling.done.set(placeholder, made);
  return made;
};

/** The weight of every placeholder: from the file, from its init, or computed from others. Faults are reported. */
export const fillParameters = (
  context: Context,
  parameters: ReadonlyMap<Weight, Parameter>,
  bound: ReadonlyMap<Weight, Weight>,
  otherwise: Init | null,
): ReadonlyMap<Weight, Weight> => {
  const filling: Filling = { context, parameters, done: new Map(bound), files: new Map(), otherwise };
  for (const placeholder of parameters.keys()) fill(filling, placeholder);
  return new Map([...filling.done].flatMap(([from, to]) => (to === null ? [] : [[from, to] as const])));
};
