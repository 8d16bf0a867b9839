import type { Span } from "../compiler/diagnostics/index.ts";
import type { Rational } from "./rational.ts";

/** A word that the user wrote, and where. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

/** A text in quotes, unescaped. */
export interface Text {
  readonly kind: "text";
  readonly text: string;
  readonly span: Span;
}

export interface Quantity {
  readonly kind: "quantity";
  readonly value: Rational;
  readonly unit: Name | null;
  readonly span: Span;
}

/** A value from one choice, or from a range of choices `from..to`. */
export interface Choice {
  readonly from: Value;
  readonly to: Value | null;
}

export interface Argument {
  readonly name: Name | null;
  /** More than one, or a range: an open choice. */
  readonly choices: readonly Choice[];
  readonly span: Span;
}

/** A layer, pass or name; without parentheses the arguments are null. */
export interface Call {
  readonly kind: "call";
  readonly path: Name;
  readonly args: readonly Argument[] | null;
  readonly span: Span;
}

/** One operator of a sum, a product or a comparison with what stands behind it. */
export interface Term {
  readonly operator: Name;
  readonly value: Value;
}

/** Conditions are static: they choose while the program is read, not while it runs. */
export type Condition =
  | { readonly kind: "or" | "and"; readonly parts: readonly Condition[]; readonly span: Span }
  | {
      readonly kind: "relation";
      readonly negated: boolean;
      readonly left: Value;
      readonly right: Term | null;
      readonly span: Span;
    };

export type Value =
  | Text
  | Quantity
  | Call
  | { readonly kind: "size"; readonly extents: readonly number[]; readonly span: Span }
  | { readonly kind: "ratio"; readonly part: number; readonly whole: number; readonly span: Span }
  | { readonly kind: "negate"; readonly of: Value; readonly span: Span }
  | { readonly kind: "list" | "group"; readonly items: readonly Value[]; readonly span: Span }
  /** Flat, so that a long sum is not a deep tree; a product is the same with `*` and `/`. */
  | {
      readonly kind: "arithmetic";
      readonly first: Value;
      readonly rest: readonly Term[];
      readonly span: Span;
    }
  | { readonly kind: "pipe"; readonly from: Value; readonly stages: readonly Stage[]; readonly span: Span }
  | {
      readonly kind: "if";
      readonly branches: readonly Branch[];
      readonly otherwise: Value;
      readonly span: Span;
    };

export interface Branch {
  readonly condition: Condition;
  readonly value: Value;
}

/** Kind and extents of a declared tensor; null stands for values. */
export interface TensorShape {
  readonly kind: Name | null;
  readonly extents: readonly Value[];
  readonly span: Span;
}

export interface Stage {
  readonly what: Call | Loop;
  /** `as name: shape`. */
  readonly label: Output | null;
  readonly span: Span;
}

/** Unrolled while the program is read; each round has its own parameters. */
export type Loop =
  | {
      readonly kind: "repeat";
      readonly times: Value;
      readonly stages: readonly Stage[];
      readonly span: Span;
    }
  | {
      readonly kind: "for";
      /** What each item of the list is called; several names take an item apart. */
      readonly names: readonly Name[];
      readonly list: Value;
      readonly stages: readonly Stage[];
      readonly span: Span;
    };

export interface Output {
  readonly name: Name;
  readonly shape: TensorShape | null;
}

export interface Input {
  readonly name: Name;
  /** Null for an option of a block. */
  readonly shape: TensorShape | null;
  /** The type of an option, for example `int`; null for a tensor. */
  readonly option: Name | null;
  /** What an option is when it is not given; null when it must be. */
  readonly otherwise: Value | null;
}

export interface Binding {
  readonly stage: Name;
  readonly prefix: Text;
}

export interface Assign {
  readonly kind: "assign";
  readonly targets: readonly Output[];
  readonly value: Value;
  readonly span: Span;
}

export interface Weights {
  readonly kind: "weights";
  readonly from: Value;
  readonly inOrder: Name | null;
  readonly bindings: readonly Binding[];
  readonly span: Span;
}

/** `step 1 ms`: the time step of a network with neurons. */
export interface StepTime {
  readonly kind: "step";
  readonly time: Value;
  readonly span: Span;
}

/** `dynamics exact`: the update rule of the neurons. */
export interface Dynamics {
  readonly kind: "dynamics";
  readonly rule: Name;
}

/** `param w: shape = init`: one tensor that several stages may use. */
export interface Param {
  readonly kind: "param";
  readonly name: Name;
  readonly shape: TensorShape;
  /** Null: it is read from the weights. */
  readonly init: Value | null;
  readonly span: Span;
}

/** `shared f = chain`: stages whose uses share all parameters. */
export interface Shared {
  readonly kind: "shared";
  readonly name: Name;
  readonly stages: readonly Stage[];
  readonly span: Span;
}

export interface Require {
  readonly kind: "require";
  readonly condition: Condition;
  readonly reason: Text | null;
  readonly span: Span;
}

/** A statement that could not be read; it was reported, and what it defines is unknown. */
export interface Broken {
  readonly kind: "broken";
  readonly names: readonly string[];
}

export type Statement = Assign | Weights | StepTime | Dynamics | Param | Shared | Require | Broken;

export interface Goal {
  readonly kind: "goal";
  /** `minimize` or `maximize`. */
  readonly word: Name;
  readonly metrics: readonly Name[];
}

export interface Pass {
  readonly kind: "pass";
  readonly call: Call;
}

export type Step = Require | Goal | Pass | Broken;

export interface Imported {
  readonly name: Name;
  readonly local: Name;
}

export interface Import {
  readonly kind: "import";
  readonly names: readonly Imported[];
  readonly file: Text;
}

export interface Data {
  readonly kind: "data";
  readonly name: Name;
  readonly shape: TensorShape;
  readonly source: Value;
  readonly span: Span;
}

export interface Constant {
  readonly kind: "constant";
  readonly name: Name;
  readonly value: Value;
}

/** A block is a network with options, whose shapes may hold names. */
export interface Network {
  readonly kind: "network" | "block";
  readonly name: Name;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly body: readonly Statement[];
}

export interface Compile {
  readonly kind: "compile";
  readonly network: Name;
  readonly targets: readonly Call[];
  readonly steps: readonly Step[];
  readonly span: Span;
}

export type Declaration = Import | Data | Constant | Network | Compile | Broken;

/** A file as written: nothing is looked up yet. */
export interface SpkTree {
  readonly file: string;
  readonly declarations: readonly Declaration[];
}
