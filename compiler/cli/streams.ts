import type { DataDescription } from "../../dsl/index.ts";
import {
  type ArrayData,
  binEvents,
  isRecordingSet,
  type ListedRecording,
  listRecordings,
  openTensorFile,
  readBs2,
  type TensorFile,
} from "../../runtime/files/index.ts";
import { denseStream, type EventStream, encodeStream, listedStream } from "../../runtime/spiking/index.ts";
import { inFile, Rejected } from "../diagnostics/index.ts";
import { type Encoding, numbers, type Shape, showShape, sizeOf } from "../ir/index.ts";
import type { Preparation } from "../pipeline/index.ts";
import { arrayIn, type Cut, cutOf, type DataFiles, labelsIn, stored } from "./data.ts";
import { cliDiagnostics } from "./diagnostics.ts";

/** The input that streams feed. */
export interface StreamPort {
  readonly name: string;
  readonly shape: Shape;
  /** What makes a stream of the values of a sample; null: the data are streams. */
  readonly code: Encoding | null;
  /** Seconds of a step, where they are known. */
  readonly seconds: number | null;
}

export interface StreamSample {
  readonly stream: EventStream;
  readonly label: number | null;
}

/** Samples that are made when they are asked for. */
export interface StreamSet {
  readonly size: number;
  readonly sample: (index: number) => StreamSample;
}

type Streams = (index: number) => EventStream;

/** Values of single samples, of which the code makes streams. */
const codedStreams = (
  array: ArrayData,
  { shape }: StreamPort,
  code: Encoding,
  { scale, offset }: Preparation,
): Streams => {
  const size = sizeOf(array.shape.slice(1));
  const steps = code.kind === "delta" ? [size / sizeOf(shape)] : [];
  return (index) => {
    const values = Float64Array.from(
      { length: size },
      (_, i) => ((array.data[index * size + i] ?? 0) - offset) * scale,
    );
    return encodeStream(code, numbers([...steps, ...shape], values));
  };
};

const denseStreams = (array: ArrayData, { shape }: StreamPort, { scale, offset }: Preparation): Streams => {
  const steps = array.shape[1] ?? 0;
  const size = steps * sizeOf(shape);
  return (index) => {
    const values = Float64Array.from(
      { length: size },
      (_, i) => ((array.data[index * size + i] ?? 0) - offset) * scale,
    );
    return denseStream(numbers([steps, ...shape], values));
  };
};

const arrayStreams = (
  array: ArrayData,
  file: string,
  port: StreamPort,
  preparation: Preparation,
): Streams => {
  const { shape, code } = port;
  const [size, wanted] = [sizeOf(array.shape.slice(1)), sizeOf(shape)];
  const single = code !== null && code.kind !== "delta";
  if (single && size === wanted) return codedStreams(array, port, code, preparation);
  if (!single && array.shape.length > 1 && sizeOf(array.shape.slice(2)) === wanted)
    return code === null
      ? denseStreams(array, port, preparation)
      : codedStreams(array, port, code, preparation);
  const common = { input: port.name, found: showShape(array.shape), wanted: showShape(shape) };
  const fault = single
    ? cliDiagnostics.report("sample-shape", inFile(file), { ...common, foundSize: size, wantedSize: wanted })
    : cliDiagnostics.report("stream-shape", inFile(file), { ...common, size: wanted });
  throw new Rejected([fault]);
};

interface Recorded {
  readonly sample: ArrayData;
  readonly step: ArrayData;
  readonly element: ArrayData;
  readonly amount: ArrayData | null;
}

/** Lists of recorded spikes: one entry a spike. Null where the file holds other arrays. */
const recordedIn = ({ arrays }: TensorFile): Recorded | null => {
  const [sample, step, element] = ["sample", "step", "element"].map((name) => arrays.get(name));
  if (sample === undefined || step === undefined || element === undefined) return null;
  return { sample, step, element, amount: arrays.get("amount") ?? null };
};

const longestStream = 2 ** 22;

const recordedFault = ({ sample, step, element, amount }: Recorded, size: number): string | null => {
  const counts = [sample, step, element, ...(amount === null ? [] : [amount])].map((a) => a.data.length);
  if (new Set(counts).size > 1) return `the arrays have ${counts.join(", ")} entries`;
  const bounds = [
    ["sample", sample, longestStream],
    ["step", step, longestStream],
    ["element", element, size],
  ] as const;
  for (const [name, { data }, limit] of bounds) {
    const at = data.findIndex((n) => !(Number.isInteger(n) && n >= 0 && n < limit));
    if (at >= 0) return `entry ${at} of ${name} is ${data[at]}, whole numbers below ${limit} are needed`;
  }
  return null;
};

const recordedStreams = (
  recorded: Recorded,
  file: string,
  { shape }: StreamPort,
): { readonly count: number; readonly streams: Streams } => {
  const fault = recordedFault(recorded, sizeOf(shape));
  if (fault !== null)
    throw new Rejected([cliDiagnostics.report("recorded-spikes", inFile(file), { why: fault })]);
  const lists = new Map<number, number[]>();
  let count = 0;
  recorded.sample.data.forEach((sample, i) => {
    const own = lists.get(sample) ?? [];
    lists.set(sample, own);
    own.push(i);
    count = Math.max(count, sample + 1);
  });
  const streams: Streams = (index) => {
    const own = lists.get(index) ?? [];
    const take = ({ data }: ArrayData): Int32Array => Int32Array.from(own, (i) => data[i] ?? 0);
    const step = take(recorded.step);
    const { amount } = recorded;
    return listedStream({
      shape,
      steps: step.reduce((most, t) => Math.max(most, t + 1), 0),
      step,
      element: take(recorded.element),
      ...(amount === null ? {} : { amount: Float64Array.from(own, (i) => amount.data[i] ?? 0) }),
    });
  };
  return { count, streams };
};

/** Recordings of an event camera, binned into steps of the build. Later events than --steps are not looked at. */
const recordingStreams = (
  recordings: readonly ListedRecording[],
  folder: string,
  { name, shape, seconds }: StreamPort,
): Streams => {
  const [polarities = 0, rows = 0, columns = 0, ...more] = shape;
  if (shape.length !== 3 || more.length > 0 || polarities < 1 || polarities > 2) {
    const holes = { input: name, shape: showShape(shape) };
    throw new Rejected([cliDiagnostics.report("recording-shape", inFile(folder), holes)]);
  }
  if (seconds === null)
    throw new Rejected([cliDiagnostics.report("recording-step", inFile(folder), { steps: 0 })]);
  return (index) => {
    const listed = recordings[index];
    if (listed === undefined) throw new Error(`there is no recording ${index}`);
    const recording = readBs2(listed.read(), listed.path);
    return listedStream(binEvents(recording, [polarities, rows, columns], seconds * 1e6, null, listed.path));
  };
};

interface Opened {
  readonly file: string;
  readonly count: number;
  readonly streams: Streams;
  /** Classes; null where nobody gives them. */
  readonly labels: ArrayLike<number | null> | null;
}

const recordingsIn = (path: string, list: string | null, port: StreamPort): Opened => {
  const recordings = listRecordings(path, list);
  const labels = recordings.map((r) => r.label);
  return { file: path, count: recordings.length, streams: recordingStreams(recordings, path, port), labels };
};

const openAll = (inputs: string, port: StreamPort, preparation: Preparation): Opened => {
  if (isRecordingSet(inputs)) return recordingsIn(inputs, null, port);
  const file = openTensorFile(inputs);
  const recorded = recordedIn(file);
  if (recorded !== null) return { file: inputs, ...recordedStreams(recorded, inputs, port), labels: null };
  const array = arrayIn(file, inputs, ["x", port.name], port.name);
  const streams = arrayStreams(array, inputs, port, preparation);
  return { file: inputs, count: array.shape[0] ?? 0, streams, labels: null };
};

/** Throws Rejected when labels do not fit, or nothing is left. */
const setOf = ({ file, count, streams, labels }: Opened, cut: Cut): StreamSet => {
  if (labels !== null && labels.length !== count)
    throw new Rejected([
      cliDiagnostics.report("label-count", inFile(file), { labels: labels.length, samples: count }),
    ]);
  return {
    size: cutOf(count, cut),
    sample: (index) => {
      const at = cut.skip + index;
      return { stream: streams(at), label: labels?.[at] ?? null };
    },
  };
};

/**
 * Opens streams by their content: arrays [samples, steps, ...], or [samples, ...] where the input has a code; lists of
 * recorded spikes; a folder or list of event recordings, whose list names the classes. Throws Rejected.
 */
export const openStreamData = (
  files: DataFiles,
  port: StreamPort,
  preparation: Preparation,
  cut: Cut,
): StreamSet => {
  const opened = openAll(files.inputs, port, preparation);
  const given = labelsIn(files.labels);
  return setOf(given === null ? opened : { ...opened, labels: given.data }, cut);
};

/** Opens what a `data` declaration describes, from `skip` samples on, at most `take`. */
export const openStreamDescription = (
  description: DataDescription,
  port: StreamPort,
  { skip, take }: Cut,
): StreamSet => {
  const { source } = description;
  const left = description.take === null ? Infinity : Math.max(0, description.take - skip);
  const most = Math.min(left, take ?? Infinity);
  const cut = { skip: description.skip + skip, take: Number.isFinite(most) ? most : null };
  if (source.kind === "events") return setOf(recordingsIn(source.file, source.labels, port), cut);
  const { file, inputs, labels } = stored(source, port, description.shape);
  const streams = arrayStreams(inputs, file, port, description);
  return setOf({ file, count: inputs.shape[0] ?? 0, streams, labels: labels?.data ?? null }, cut);
};
