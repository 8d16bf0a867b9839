import { unreachable } from "../../diagnostics/index.ts";
import { sizeOf, valuesOf, type Weight } from "../core/index.ts";
import type { Arithmetic, Membrane, Population } from "./network.ts";

type Named = readonly [name: string, weight: Weight | null];

/** Parameters that are amounts of potential or current. */
const amountsOf = ({ model, bias }: Population): readonly Named[] => {
  const own: readonly Named[] = [["bias", bias]];
  if (model.kind === "sigmaDelta") return [...own, ["threshold", model.threshold]];
  if (model.kind !== "membrane") return own;
  const { drive, start, threshold, reset, adaptation } = model;
  return [
    ...own,
    ["drive", drive],
    ["start", start],
    ["threshold", threshold],
    ["reset", reset.kind === "value" ? reset.to : null],
    ["adaptation", adaptation === null ? null : adaptation.step],
  ];
};

const decaysOf = ({ currentDecay, decay, adaptation }: Membrane): readonly Named[] => [
  ["current decay", currentDecay],
  ["decay", decay],
  ["decay of the adaptation", adaptation === null ? null : adaptation.decay],
];

const parametersOf = (p: Population): readonly Named[] =>
  p.model.kind === "membrane"
    ? [...amountsOf(p), ...decaysOf(p.model), ["rest", p.model.rest]]
    : amountsOf(p);

/** Parameters that stand neither for all neurons, nor for channels, nor for neurons. */
export const countFaults = (p: Population): readonly string[] =>
  parametersOf(p).flatMap(([name, w]) => {
    const n = w === null ? 1 : sizeOf(w.shape);
    return n === 1 || n === p.shape[0] || n === sizeOf(p.shape) ? [] : [`${p.id}: ${n} entries of ${name}`];
  });

const failing = (
  p: Population,
  named: readonly Named[],
  holds: (x: number) => boolean,
  says: string,
): readonly string[] =>
  named.flatMap(([name, w]) => (w === null || valuesOf(w).every(holds) ? [] : [`${p.id}: ${name} ${says}`]));

/** Numbers that an arithmetic has no place for. */
export const numberFaults = (p: Population, arithmetic: Arithmetic): readonly string[] => {
  const decays = p.model.kind === "membrane" ? decaysOf(p.model) : [];
  const rest: readonly Named[] = p.model.kind === "membrane" ? [["rest", p.model.rest]] : [];
  const whole = failing(p, amountsOf(p), Number.isInteger, "is fractional");
  switch (arithmetic.kind) {
    case "real":
      return failing(p, parametersOf(p), Number.isFinite, "is not finite");
    case "exact":
      return [...whole, ...failing(p, decays, Number.isFinite, "is not finite")];
    case "fixed": {
      const unit = 2 ** arithmetic.decayBits;
      const onGrid = (d: number): boolean => d >= 0 && d <= 1 && Number.isInteger(d * unit);
      return [
        ...whole,
        ...failing(p, decays, onGrid, `is no multiple of 1 / ${unit} from 0 to 1`),
        ...failing(p, rest, (x) => x === 0, "is no part of the bias"),
      ];
    }
    case "buffered":
      return [...whole, ...failing(p, decays, (d) => d === 0 || d === 1, "needs fraction bits")];
    default:
      return unreachable(arithmetic);
  }
};
