/**
 * The JSON files of a build. The first four are PACMAN's formats (pacman/utilities/file_format_schemas/*.json); `keys`
 * is ours. Shapes here are what the reader accepts: unknown fields are refused where PACMAN's schema refuses them.
 */
import { z } from "zod";

const count = z.number().int().nonnegative();
const chip = z.tuple([count, count]);
const word = z.number().int().min(0).max(0xffffffff);

/** Bounds a hostile file: 256 x 256 chips, 18 cores each. */
const mostChips = 65536;
const mostCores = mostChips * 18;

const resources = z.strictObject({
  monitors: count.optional(),
  routerClockSpeed: count.optional(),
  routerEntries: count.optional(),
  sdram: count.optional(),
  tags: z.array(count).optional(),
  virtual: z.boolean().optional(),
});

const details = z.strictObject({
  cores: count,
  deadLinks: z.array(z.number().int().min(0).max(5)).optional(),
  // SpiNNMachine's loader asks for it, though the schema does not.
  ethernet: chip,
  ipAddress: z.string().optional(),
});

export const machineDocument = z.strictObject({
  width: z.number().int().min(1).max(256),
  height: z.number().int().min(1).max(256),
  root: chip,
  standardResources: resources,
  ethernetResources: resources,
  chips: z.array(z.tuple([count, count, details])).max(mostChips),
});

export const placementsDocument = z
  .array(z.strictObject({ vertex_label: z.string(), x: count, y: count, p: count }))
  .max(mostCores);

const entry = z.strictObject({
  key: word,
  mask: word,
  defaultable: z.boolean(),
  spinnaker_route: z.number().int().min(0).max(0xffffff),
});

export const tablesDocument = z
  .array(z.strictObject({ x: count, y: count, entries: z.array(entry).max(1024) }))
  .max(mostChips);

export const keyCountsDocument = z
  .array(z.strictObject({ pre_vertex_label: z.string(), n_keys: count, identifier: z.string() }))
  .max(mostCores * 256);

const sender = z.strictObject({
  vertex: z.string(),
  population: z.string(),
  /** Elements [from, to) of the population; the n-th of them all owns `step` keys from key + n * step. */
  elements: z.array(z.tuple([count, count])),
  x: count,
  y: count,
  p: count,
  key: word,
  mask: word,
  step: z.number().int().min(1).max(128),
  /** Cores that have synapses from it. */
  targets: z.array(z.tuple([count, count, count])).max(mostCores),
});

export const keysSchema = "spikefold/spinnaker-keys@1";

export const keysDocument = z.strictObject({
  schema: z.literal(keysSchema),
  senders: z.array(sender).max(mostCores),
});

export type MachineDocument = z.infer<typeof machineDocument>;
export type PlacementsDocument = z.infer<typeof placementsDocument>;
export type TablesDocument = z.infer<typeof tablesDocument>;
export type KeyCountsDocument = z.infer<typeof keyCountsDocument>;
export type KeysDocument = z.infer<typeof keysDocument>;
