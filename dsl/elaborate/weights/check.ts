import { quoteName } from "../../../compiler/diagnostics/index.ts";
import {
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  valuesOf,
  type Weight,
} from "../../../compiler/ir/core/index.ts";
import { weightFaults } from "../../diagnostics/weights.ts";
import type { Text } from "../../syntax.ts";
import { type Context, lineAt, placeOf, report, sourceText } from "../context.ts";
import type { Parameter } from "../store.ts";

/** The file that a network takes its weights from, at the place that names it. */
export interface WeightFile {
  readonly context: Context;
  readonly name: Text;
}

export const fileName = ({ name }: WeightFile): string => quoteName(name.text);

const shapeRemedy = (found: Shape, needs: Shape, written: string, role: string): string => {
  const swapped = found.length === 2 && needs.length === 2 && sameShape([...found].reverse(), needs);
  if (swapped) return "the file holds [in, out] (Keras): store it transposed, as [out, in]";
  const [channels] = found;
  const others = sameShape(found.slice(1), needs.slice(1));
  if (role === "weight" && others && /^(conv|conv_bn|dense)\(\s*\d/.test(written)) {
    return `make the stage \`${written.replace(/\(\s*\d+/, `(${channels}`)}\`, or use another file`;
  }
  return "change the stage, or use another file";
};

/** One number for all neurons, or one a channel. */
const spreads = (found: Shape, wanted: Shape): boolean =>
  sizeOf(found) === 1 || (found.length === 1 && found[0] === wanted[0]);

const shapeFits = (file: WeightFile, found: Weight, wanted: Weight, parameter: Parameter): boolean => {
  if (sameShape(found.shape, wanted.shape)) return true;
  if (parameter.spread !== null && spreads(found.shape, wanted.shape)) return true;
  const { context, name } = file;
  const remedy = shapeRemedy(found.shape, wanted.shape, sourceText(context, parameter.span), parameter.role);
  const place = { stage: quoteName(parameter.stage), line: lineAt(context, parameter.span) };
  const shapes = { found: showShape(found.shape), needs: showShape(wanted.shape), remedy };
  const holes = { name: quoteName(found.name), file: fileName(file), ...place, ...shapes };
  report(context, weightFaults.report("shape", placeOf(context, name.span), holes));
  return false;
};

/** A mask may be of any type: what counts is where it is zero. */
const typeFits = (file: WeightFile, found: Weight, role: string): boolean => {
  if (role === "mask" || found.grid !== null || found.dtype === "f32" || found.dtype === "f64") return true;
  const holes = { name: quoteName(found.name), file: fileName(file), dtype: found.dtype };
  report(file.context, weightFaults.report("type", placeOf(file.context, file.name.span), holes));
  return false;
};

const valuesFit = (file: WeightFile, found: Weight, role: string): boolean => {
  const values = valuesOf(found);
  const bad = values.findIndex((x) => !Number.isFinite(x) || (role === "running_var" && x < 0));
  if (bad < 0) return true;
  const remedy =
    role === "running_var"
      ? "a variance is a number from 0 on: train again, or use another file"
      : "train again, or use another file";
  const holes = {
    name: quoteName(found.name),
    index: bad,
    file: fileName(file),
    value: values[bad] ?? 0,
    remedy,
  };
  report(file.context, weightFaults.report("value", placeOf(file.context, file.name.span), holes));
  return false;
};

/** True when an array of the file can stand where `wanted` stands; what does not fit is reported. */
export const fitsParameter = (
  file: WeightFile,
  found: Weight,
  wanted: Weight,
  parameter: Parameter,
): boolean =>
  shapeFits(file, found, wanted, parameter) &&
  typeFits(file, found, parameter.role) &&
  valuesFit(file, found, parameter.role);
