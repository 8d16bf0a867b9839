import type { Scalar } from "../../../compiler/ir/tensor/index.ts";
import type { Sheet } from "./onnx-sheet.ts";

/** Functions that are one operator without attributes. */
const plain: Readonly<Partial<Record<Scalar["kind"], string>>> = {
  ...{ relu: "Relu", softplus: "Softplus", softsign: "Softsign", sigmoid: "Sigmoid", tanh: "Tanh" },
  ...{ hardSwish: "HardSwish", mish: "Mish", erf: "Erf", exp: "Exp", log: "Log", sqrt: "Sqrt" },
  ...{ reciprocal: "Reciprocal", sin: "Sin", cos: "Cos", abs: "Abs", negate: "Neg", sign: "Sign" },
  ...{ floor: "Floor", ceil: "Ceil", round: "Round" },
};

export const exportScalar = ({ emit, real }: Sheet, fn: Scalar, x: string): string => {
  const op = plain[fn.kind];
  if (op !== undefined) return emit(op, [x]);
  switch (fn.kind) {
    case "clip":
      return emit("Clip", [x, ...[fn.low, fn.high].map((v) => (Number.isFinite(v) ? real([v], []) : ""))]);
    case "leakyRelu":
      return emit("LeakyRelu", [x], { alpha: { float: fn.slope } });
    case "thresholdedRelu":
      return emit("ThresholdedRelu", [x], { alpha: { float: fn.threshold } });
    case "elu":
      return emit("Elu", [x], { alpha: { float: fn.alpha } });
    case "selu":
      return emit("Selu", [x], { alpha: { float: fn.alpha }, gamma: { float: fn.gamma } });
    case "celu":
      return emit("Celu", [x], { alpha: { float: fn.alpha } });
    case "hardSigmoid":
      return emit("HardSigmoid", [x], { alpha: { float: fn.slope }, beta: { float: fn.offset } });
    case "swish":
      return emit("Mul", [x, emit("Sigmoid", [emit("Mul", [x, real([fn.beta], [])])])]);
    case "gelu":
      return emit("Gelu", [x], { approximate: fn.tanh ? "tanh" : "none" });
    case "not":
      return emit("Not", [emit("Cast", [x], { to: 9 })]);
    default:
      throw new Error(`${fn.kind} has no operator`);
  }
};
