import { item, jump, type LevelFunction, levelRange, thermometer } from "../ir/index.ts";

/** Lanes of one digit value: they are decided in the same step, from the digits taken before. */
export interface Stage {
  readonly value: number;
  readonly lanes: number;
}

/** Equal neighbours of a greedy code share a stage. */
export const stagesOf = (gains: readonly number[]): readonly Stage[] => {
  const stages: Stage[] = [];
  for (const value of gains) {
    const before = stages[stages.length - 1];
    if (before !== undefined && before.value === value)
      stages[stages.length - 1] = { value, lanes: before.lanes + 1 };
    else stages.push({ value, lanes: 1 });
  }
  return stages;
};

/** One threshold neuron per element: fires iff S - (digits taken before) * theta >= jump of `from + count * value`. */
export interface Lane {
  readonly gain: number;
  readonly stage: number;
  /** 1 for the first lane of a stage. */
  readonly count: number;
}

export const lanesOf = (gains: readonly number[]): readonly Lane[] =>
  stagesOf(gains).flatMap(({ value, lanes }, stage) =>
    Array.from({ length: lanes }, (_, c) => ({ gain: value, stage, count: c + 1 })),
  );

/** Digits can be taken back by weights only where all steps are theta; other tables get one lane per level. */
export const gainsFor = (fn: LevelFunction, gains: readonly number[]): readonly number[] =>
  fn.kind === "uniform" ? gains : thermometer(levelRange(fn)[1]);

/**
 * Least sum at which a lane fires when nothing was taken before: J of level count * value. With theta uniform, taking
 * digits d back as d * theta keeps the condition for the later lanes (lemma G, greedy digits).
 */
export const laneJump = (fn: LevelFunction, channel: number, lane: Lane): number =>
  jump(fn, channel, lane.count * lane.gain);

/** The level that the lanes of one neuron spell for a sum: what the wiring computes, step by step. */
export const spelled = (
  fn: LevelFunction,
  gains: readonly number[],
  channel: number,
  sum: number,
): number => {
  const theta = fn.kind === "uniform" ? item(fn.theta.stored(), fn.theta.shape[0] === 1 ? 0 : channel) : 0;
  let level = 0;
  let taken = 0;
  let stage = -1;
  for (const lane of lanesOf(gains)) {
    if (lane.stage !== stage) taken = level;
    stage = lane.stage;
    if (sum - taken * theta >= laneJump(fn, channel, lane)) level += lane.gain;
  }
  return level;
};
