import { convTransposeStep, preluStep, quantizeStep, recurrentStep, stepsStep } from "./general-layers.ts";
import type { GeneralStep } from "./general-site.ts";
import * as values from "./general-values.ts";
import * as views from "./general-views.ts";

/** One step per op that the chains of layers do not draw. */
export const generalStepTable = {
  argmax: values.argmaxStep,
  binary: values.binaryStep,
  cast: values.castStep,
  convTranspose: convTransposeStep,
  expand: views.expandStep,
  gather: views.gatherStep,
  matmul: values.matmulStep,
  normalize: values.normalizeStep,
  pad: views.padStep,
  prelu: preluStep,
  quantize: quantizeStep,
  recurrent: recurrentStep,
  reduce: values.reduceStep,
  resample: views.resampleStep,
  scalar: values.scalarStep,
  scatter: views.scatterStep,
  select: values.selectStep,
  slice: views.sliceStep,
  softmax: values.softmaxStep,
  steps: stepsStep,
  topK: values.topKStep,
} as const satisfies Readonly<Record<string, GeneralStep>>;

export type GeneralStepName = keyof typeof generalStepTable;

const names = Object.keys(generalStepTable);

export const isGeneralStep = (name: string): name is GeneralStepName => names.includes(name);

export const generalSteps: readonly GeneralStepName[] = names.filter(isGeneralStep);
