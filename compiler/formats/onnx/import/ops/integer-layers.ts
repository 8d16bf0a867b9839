import { item } from "../../../../ir/core/index.ts";
import { intOf } from "../attributes.ts";
import { axisOf } from "../forms.ts";
import { type Importer, numbersAt, optionalAt, type Site, valueAt, wrongShape } from "../site.ts";
import { type Value, wholeShape } from "../value.ts";
import { combined, plus } from "./arithmetic.ts";
import { castTo } from "./cast.ts";
import { joined } from "./concat.ts";
import { conv } from "./conv.ts";
import { multiplied } from "./dense.ts";
import { pools } from "./pool.ts";
import { dequantized, quantized, type Scales, scalesAt, wholeNumbers } from "./quantized.ts";

const unit = (site: Site, zeroAt: number, axis: number): Scales => {
  const zero = numbersAt(site, zeroAt) ?? [0];
  wholeNumbers(site, zero);
  return { scale: zero.map(() => 1), zero, axis: zero.length === 1 ? 0 : axis };
};

/** The rule of `importer` on other inputs of the same node. */
const withInputs = (site: Site, importer: Importer, inputs: readonly (Value | null)[]): Value => {
  const made = importer.run({ ...site, inputs });
  return "kind" in made ? made : item(made, 0);
};

const output = (site: Site, value: Value, scaleAt: number, zeroAt: number): Value => {
  const zero = optionalAt(site, zeroAt);
  return quantized(site, value, scalesAt(site, scaleAt, zeroAt, 0), zero?.element ?? "UINT8");
};

/** A bias of 32 bits counts in units of the input's scale times those of the weights. */
const biasOf = (site: Site, index: number, x: Scales, w: Scales): Value | null => {
  const bias = optionalAt(site, index);
  if (bias === null) return null;
  const scale = w.scale.map((s) => s * item(x.scale, 0));
  return dequantized(site, bias, { scale, zero: [0], axis: 0 });
};

/** x, scale, zero, w, scale, zero, y scale, y zero, bias */
const qLinearConv: Importer = {
  inputs: [8, 9],
  attributes: conv.attributes,
  run: (site) => {
    const [xScales, wScales] = [scalesAt(site, 1, 2, 0), scalesAt(site, 4, 5, 0)];
    const x = dequantized(site, valueAt(site, 0), xScales);
    const w = dequantized(site, valueAt(site, 3), wScales);
    const y = withInputs(site, conv, [x, w, biasOf(site, 8, xScales, wScales)]);
    return output(site, y, 6, 7);
  },
};

/** Scales of a matrix: one, one per row of A, or one per column of B. */
const matrixScales = (site: Site, index: number, axisFromEnd: number): Scales => {
  const shape = wholeShape(valueAt(site, index));
  return scalesAt(site, index + 1, index + 2, Math.max(0, shape.length - axisFromEnd));
};

const qLinearMatMul: Importer = {
  inputs: [8, 8],
  attributes: [],
  run: (site) => {
    const a = dequantized(site, valueAt(site, 0), matrixScales(site, 0, 2));
    const b = dequantized(site, valueAt(site, 3), matrixScales(site, 3, 1));
    return output(site, multiplied(site, a, b), 6, 7);
  },
};

const asInt32 = (site: Site, value: Value): Value => castTo(site, { ...value, element: "FLOAT" }, "INT32");

const convInteger: Importer = {
  inputs: [2, 4],
  attributes: conv.attributes,
  run: (site) => {
    const x = dequantized(site, valueAt(site, 0), unit(site, 2, 0));
    const w = dequantized(site, valueAt(site, 1), unit(site, 3, 0));
    return asInt32(site, withInputs(site, conv, [x, w, null]));
  },
};

const matMulInteger: Importer = {
  inputs: [2, 4],
  attributes: [],
  run: (site) => {
    const rows = (index: number, fromEnd: number): number =>
      Math.max(0, wholeShape(valueAt(site, index)).length - fromEnd);
    const a = dequantized(site, valueAt(site, 0), unit(site, 2, rows(0, 2)));
    const b = dequantized(site, valueAt(site, 1), unit(site, 3, rows(1, 1)));
    return asInt32(site, multiplied(site, a, b));
  },
};

type Two = (site: Site, a: Value, b: Value) => Value;

/** a, scale, zero, b, scale, zero, y scale, y zero */
const qLinearTwo = (rule: Two): Importer => ({
  inputs: [7, 8],
  attributes: [],
  run: (site) => {
    const a = dequantized(site, valueAt(site, 0), scalesAt(site, 1, 2, 0));
    const b = dequantized(site, valueAt(site, 3), scalesAt(site, 4, 5, 0));
    return output(site, rule(site, a, b), 6, 7);
  },
});

/** x, scale, zero, y scale, y zero: a pool of real values between them. */
const qLinearPool = (name: string): Importer => {
  const pool = pools[name];
  if (pool === undefined) throw new Error(`there is no pool ${name}`);
  return {
    inputs: [4, 5],
    attributes: [...pool.attributes, "channels_last"],
    run: (site) => {
      if (intOf(site, "channels_last", 0) !== 0) return wrongShape(site, "channels_last is 1");
      const x = dequantized(site, valueAt(site, 0), scalesAt(site, 1, 2, 0));
      return output(site, withInputs(site, pool, [x]), 3, 4);
    },
  };
};

/** y scale, y zero, then x, scale, zero of every part */
const qLinearConcat: Importer = {
  inputs: [5, 4096],
  attributes: ["axis"],
  run: (site) => {
    const count = Math.floor((site.inputs.length - 2) / 3);
    const parts = Array.from({ length: count }, (_, i) =>
      dequantized(site, valueAt(site, 2 + 3 * i), scalesAt(site, 3 + 3 * i, 4 + 3 * i, 0)),
    );
    const axis = axisOf(site, intOf(site, "axis", 1), wholeShape(item(parts, 0)).length);
    return output(site, joined(site, parts, axis), 0, 1);
  },
};

const times: Two = (site, a, b) => combined(site, "multiply", a, b);

/** Layers on integers, of the ONNX domain. */
export const integerLayers: Readonly<Record<string, Importer>> = {
  ConvInteger: convInteger,
  MatMulInteger: matMulInteger,
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
};

/** Layers on integers that the quantization tool of ONNX Runtime writes, of the domain com.microsoft. */
export const runtimeLayers: Readonly<Record<string, Importer>> = {
  QLinearAdd: qLinearTwo(plus),
  QLinearAveragePool: qLinearPool("AveragePool"),
  QLinearConcat: qLinearConcat,
  QLinearGlobalAveragePool: qLinearPool("GlobalAveragePool"),
  QLinearMul: qLinearTwo(times),
};
