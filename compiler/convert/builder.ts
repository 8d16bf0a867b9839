import { atNode, type Diagnostic, type Origin } from "../diagnostics/index.ts";
import {
  labeler,
  type NeuronModel,
  type Population,
  type PopulationId,
  type Projection,
  populationId,
  project,
  type Shape,
  type SpikeCode,
  spikes,
} from "../ir/index.ts";
import type { Affine } from "./affine.ts";
import type { LevelRange } from "./bounds.ts";
import { convertDiagnostics } from "./diagnostics.ts";
import type { ConversionMode } from "./modes.ts";

/** Names that realized networks give to their own populations. */
const reserved = /^(start|wave\d*)$/;

/** A population to be, with what it reads. */
interface Wanted {
  readonly name: string;
  readonly shape: Shape;
  readonly model: NeuronModel;
  readonly reads: Affine;
  readonly origins: readonly Origin[];
}

/** The network while it grows; faults are collected, so that all are reported at once. */
export interface Builder {
  readonly populations: readonly Population[];
  readonly projections: readonly Projection[];
  readonly faults: readonly Diagnostic[];
  /** A population that sends levels of `range` in the code of the mode. */
  readonly sender: (wanted: Wanted, range: LevelRange) => PopulationId;
  /** A population that is only read. */
  readonly reader: (wanted: Wanted) => PopulationId;
  readonly refuse: (diagnostic: Diagnostic) => void;
}

/** Nothing comes in: inputs. */
export const noInput = (shape: Shape): Affine => ({ shape, terms: [], constant: null });

const rangeFault = (
  mode: ConversionMode,
  [low, high]: LevelRange,
  origins: readonly Origin[],
): Diagnostic | null => {
  const where = atNode(origins[0]?.name ?? "");
  if (low !== 0 && !mode.signed)
    return convertDiagnostics.report("signed-level", where, { mode: mode.name, low, high });
  const most = Math.max(-low, high);
  if (most <= mode.limit) return null;
  return convertDiagnostics.report("too-many-levels", where, {
    mode: mode.name,
    high: most,
    limit: mode.limit,
  });
};

export const builderFor = (mode: ConversionMode): Builder => {
  const populations: Population[] = [];
  const projections: Projection[] = [];
  const faults: Diagnostic[] = [];
  const starts = new Map<PopulationId, number>();
  const label = labeler(({ name }: { readonly name: string }) => (reserved.test(name) ? `${name}_` : name));

  const add = ({ name, shape, model, reads, origins }: Wanted, code: SpikeCode): PopulationId => {
    const id = populationId.of(label({ name }));
    // Longest path: the phase, or the step at which the wave of inputs arrives.
    const start = reads.terms.reduce((t, term) => Math.max(t, (starts.get(term.from) ?? 0) + 1), 0);
    starts.set(id, start);
    populations.push({ id, shape, model, code, bias: reads.constant, origins, start });
    for (const { from, map } of reads.terms) projections.push(project({ from, to: id, map }));
    return id;
  };

  return {
    populations,
    projections,
    faults,
    sender: (wanted, range) => {
      const fault = rangeFault(mode, range, wanted.origins);
      if (fault !== null) faults.push(fault);
      return add(wanted, mode.code(fault === null ? Math.max(-range[0], range[1]) : 1));
    },
    reader: (wanted) => add(wanted, spikes),
    refuse: (diagnostic) => faults.push(diagnostic),
  };
};
