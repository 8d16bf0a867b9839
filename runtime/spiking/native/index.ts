export { encodeStream, encodeStreams } from "./encode-stream.ts";
export {
  denseStream,
  type EventList,
  type EventStream,
  eventStream,
  listedStream,
  type StreamEvent,
} from "./event-stream.ts";
export { openStreams, type StreamOptions, type StreamRun, type StreamRunner } from "./run.ts";
export { type Probe, type Quantity, quantities } from "./trace.ts";
