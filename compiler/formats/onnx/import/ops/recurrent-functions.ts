import { quoteName } from "../../../../diagnostics/index.ts";
import { item } from "../../../../ir/core/index.ts";
import type { Scalar } from "../../../../ir/tensor/index.ts";
import { floatsOf, textsOf } from "../attributes.ts";
import { refuseForm, type Site, wrongAttribute } from "../site.ts";

/** A function that a cell can name; `alpha` and `beta` are null where the lists have no entry for it. */
interface Named {
  /** How many entries of `activation_alpha` and of `activation_beta` it takes. */
  readonly takes: readonly [number, number];
  /** Null: the tensor level has no such function. */
  readonly make: (alpha: number | null, beta: number | null) => Scalar | null;
}

const plain = (fn: Scalar): Named => ({ takes: [0, 0], make: () => fn });

/** By lower-case name: runtimes compare without case. Defaults are those of the operators of the same names. */
const named: ReadonlyMap<string, Named> = new Map<string, Named>([
  ["relu", plain({ kind: "relu" })],
  ["tanh", plain({ kind: "tanh" })],
  ["sigmoid", plain({ kind: "sigmoid" })],
  ["softsign", plain({ kind: "softsign" })],
  ["softplus", plain({ kind: "softplus" })],
  ["leakyrelu", { takes: [1, 0], make: (alpha) => ({ kind: "leakyRelu", slope: alpha ?? 0.01 }) }],
  [
    "thresholdedrelu",
    { takes: [1, 0], make: (alpha) => ({ kind: "thresholdedRelu", threshold: alpha ?? 1 }) },
  ],
  ["elu", { takes: [1, 0], make: (alpha) => ({ kind: "elu", alpha: alpha ?? 1 }) }],
  [
    "hardsigmoid",
    {
      takes: [1, 1],
      make: (alpha, beta) => ({ kind: "hardSigmoid", slope: alpha ?? 0.2, offset: beta ?? 0.5 }),
    },
  ],
  [
    "scaledtanh",
    {
      takes: [1, 1],
      make: (alpha, beta) => ((alpha ?? 1) === 1 && (beta ?? 1) === 1 ? { kind: "tanh" } : null),
    },
  ],
  [
    "affine",
    {
      takes: [1, 1],
      make: (alpha, beta) =>
        (alpha ?? 1) === 1 && (beta ?? 0) === 0 ? { kind: "clip", low: -Infinity, high: Infinity } : null,
    },
  ],
]);

const known = [...named.keys()].join(", ");

const lookUp = (site: Site, name: string): Named =>
  named.get(name.toLowerCase()) ??
  wrongAttribute(site, "activations", `it names "${quoteName(name)}", one of ${known} is needed`);

/**
 * The functions of every direction, `defaults.length` of them each. `activation_alpha` and `activation_beta` are
 * consumed in the order of the functions, each by those that have such a number, as onnxruntime does.
 */
export const functionsOf = (
  site: Site,
  directions: number,
  defaults: readonly string[],
): readonly (readonly Scalar[])[] => {
  const stated = textsOf(site, "activations");
  const names = stated ?? Array.from({ length: directions }, () => defaults).flat();
  const count = directions * defaults.length;
  if (names.length !== count)
    return wrongAttribute(site, "activations", `it has ${names.length} entries, ${count} are needed`);
  const [alphas, betas] = [floatsOf(site, "activation_alpha") ?? [], floatsOf(site, "activation_beta") ?? []];
  let [a, b] = [0, 0];
  const functions = names.map((name) => {
    const { takes, make } = lookUp(site, name);
    const alpha = takes[0] === 0 ? null : (alphas[a] ?? null);
    const beta = takes[1] === 0 ? null : (betas[b] ?? null);
    a += takes[0];
    b += takes[1];
    return (
      make(alpha, beta) ??
      refuseForm(
        site,
        `its activation ${name} is used with alpha ${alpha ?? "left out"} and beta ${beta ?? "left out"}`,
        "use Tanh or HardSigmoid, with the factors folded into the weights",
      )
    );
  });
  return Array.from({ length: directions }, (_, d) =>
    defaults.map((_name, i) => item(functions, d * defaults.length + i)),
  );
};
