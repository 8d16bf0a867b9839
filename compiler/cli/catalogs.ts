import { loihi1Diagnostics } from "../../backends/loihi1/diagnostics.ts";
import { nirTargetDiagnostics } from "../../backends/nir/diagnostics.ts";
import { simulatorDiagnostics } from "../../backends/simulator/diagnostics.ts";
import { spinnaker1Diagnostics } from "../../backends/spinnaker1/diagnostics.ts";
import { blockFaults } from "../../dsl/diagnostics/block.ts";
import { chanceFaults } from "../../dsl/diagnostics/chance.ts";
import { fileFaults } from "../../dsl/diagnostics/file.ts";
import { kindFaults } from "../../dsl/diagnostics/kind.ts";
import { languageFaults } from "../../dsl/diagnostics/language.ts";
import { loopFaults } from "../../dsl/diagnostics/loop.ts";
import { nameFaults } from "../../dsl/diagnostics/name.ts";
import {
  conditionFaults,
  numberFaults,
  optionFaults,
  rangeFaults,
  unitFaults,
} from "../../dsl/diagnostics/option.ts";
import { parameterFaults } from "../../dsl/diagnostics/parameter.ts";
import { dataFaults, recipeFaults } from "../../dsl/diagnostics/recipe.ts";
import { shapeFaults } from "../../dsl/diagnostics/shape.ts";
import { syntaxFaults } from "../../dsl/diagnostics/syntax.ts";
import { timeFaults } from "../../dsl/diagnostics/time.ts";
import { weightFaults } from "../../dsl/diagnostics/weights.ts";
import {
  dataDiagnostics,
  environmentDiagnostics,
  outputDiagnostics,
} from "../../runtime/files/diagnostics.ts";
import { generatedDiagnostics } from "../../runtime/standalone/diagnostics.ts";
import { convertDiagnostics } from "../convert/diagnostics.ts";
import type { Catalog, Entry } from "../diagnostics/index.ts";
import { h5Diagnostics } from "../formats/hdf5/diagnostics.ts";
import { netDiagnostics } from "../formats/net/diagnostics.ts";
import { nirDiagnostics } from "../formats/nir/diagnostics.ts";
import { onnxDiagnostics } from "../formats/onnx/diagnostics.ts";
import { programDiagnostics } from "../formats/program/diagnostics.ts";
import { mapDiagnostics } from "../map/diagnostics.ts";
import { routeDiagnostics } from "../map/route-diagnostics.ts";
import { nativeDiagnostics } from "../native/diagnostics.ts";
import { maxPoolDiagnostics } from "../passes/integer/eliminate-max-pool.ts";
import { foldDiagnostics } from "../passes/tensor/fold-diagnostics.ts";
import { pipelineDiagnostics } from "../pipeline/diagnostics.ts";
import { quantizeDiagnostics } from "../quantize/diagnostics.ts";
import { realizeDiagnostics } from "../realize/diagnostics.ts";
import { cliDiagnostics } from "./diagnostics.ts";

export type AnyCatalog = Omit<Catalog<Readonly<Record<string, Entry>>>, "report">;

interface Part {
  /** What was going on when a message of these catalogs is reported. */
  readonly during: string;
  readonly catalogs: readonly AnyCatalog[];
}

/** Every catalog of the program, by what it does then; a test finds those that are missing here. */
export const parts: readonly Part[] = [
  { during: "reading the command line and its files", catalogs: [cliDiagnostics] },
  { during: "reading data and weights", catalogs: [dataDiagnostics] },
  {
    during: "reading the text of a .spk program",
    catalogs: [syntaxFaults, fileFaults, nameFaults, languageFaults],
  },
  {
    during: "elaborating a .spk program: options, shapes, kinds and conditions",
    catalogs: [
      ...[
        optionFaults,
        unitFaults,
        numberFaults,
        conditionFaults,
        shapeFaults,
        kindFaults,
        loopFaults,
        timeFaults,
        rangeFaults,
      ],
      ...[blockFaults, chanceFaults, parameterFaults],
    ],
  },
  { during: "giving a .spk program its weights", catalogs: [weightFaults] },
  { during: "reading the data and compile sections of a .spk program", catalogs: [dataFaults, recipeFaults] },
  { during: "reading an ONNX model", catalogs: [onnxDiagnostics] },
  { during: "reading a NIR file, or any HDF5 file", catalogs: [nirDiagnostics, h5Diagnostics] },
  { during: "reading a .net file of Lava", catalogs: [netDiagnostics] },
  { during: "building a network of neurons with dynamics", catalogs: [nativeDiagnostics] },
  { during: "choosing passes and modes", catalogs: [pipelineDiagnostics] },
  { during: "folding channels", catalogs: [foldDiagnostics] },
  { during: "quantizing, and lowering to integers", catalogs: [quantizeDiagnostics] },
  { during: "converting integers to spikes", catalogs: [convertDiagnostics] },
  {
    during: "building the network from neurons of the target",
    catalogs: [realizeDiagnostics, maxPoolDiagnostics],
  },
  { during: "filling cores and routing messages", catalogs: [mapDiagnostics, routeDiagnostics] },
  {
    during: "writing and reading the files of a target",
    catalogs: [
      ...[
        programDiagnostics,
        loihi1Diagnostics,
        spinnaker1Diagnostics,
        simulatorDiagnostics,
        nirTargetDiagnostics,
      ],
      generatedDiagnostics,
    ],
  },
  { during: "writing and reading a build folder", catalogs: [outputDiagnostics, environmentDiagnostics] },
];

/** One kind of message. */
export interface Explained {
  /** `<stage>/<name>`. */
  readonly code: string;
  readonly during: string;
  readonly entry: Entry;
}

const byCode = (a: Explained, b: Explained): number => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);

/** Every kind of message, by code. */
export const explained: readonly Explained[] = parts
  .flatMap(({ during, catalogs }) =>
    catalogs.flatMap(({ stage, entries }) =>
      Object.entries(entries).map(([name, entry]) => ({ code: `${stage}/${name}`, during, entry })),
    ),
  )
  .sort(byCode);
