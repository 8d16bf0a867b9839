export { carrierOf } from "./carrier.ts";
export { type Meter, openMeter, type Totals } from "./meter.ts";
export { type Costs, costsOf, type Measure, type Profile } from "./profile.ts";
export { type CycleReport, type Energy, type Figure, reportCycles } from "./report.ts";
export type { Traffic } from "./traffic.ts";
