import { item, type Topology } from "../ir/index.ts";
import { gridOf } from "./route-grid.ts";

/** Where a core sits. */
export interface Place {
  readonly chip: number;
  readonly router: readonly [number, number];
  readonly port: number;
}

/** Routers of one chip in a line that turns at the edges, so that neighbours in the order are neighbours on the mesh. */
const meshRouter = ([width]: readonly [number, number], index: number): readonly [number, number] => {
  const y = Math.floor(index / width);
  const x = index - y * width;
  return [y % 2 === 0 ? x : width - 1 - x, y];
};

/**
 * Chip of a core when chips are filled from the last core to the first, as `partition` counts them: the first chip
 * takes what is left over.
 */
const chipOf = (core: number, cores: number, perChip: number): number => {
  const chips = Math.ceil(cores / perChip);
  return chips - 1 - Math.floor((cores - 1 - core) / perChip);
};

const onMesh = (
  topology: Extract<Topology, { readonly kind: "mesh" }>,
  cores: number,
  perChip: number,
): readonly Place[] =>
  Array.from({ length: cores }, (_, core): Place => {
    const chip = chipOf(core, cores, perChip);
    const first = Math.max(0, cores - (Math.ceil(cores / perChip) - chip) * perChip);
    const router = Math.floor((core - first) / topology.coresPerRouter);
    return {
      chip,
      router: meshRouter(topology.size, router),
      port: core - first - router * topology.coresPerRouter,
    };
  });

const onHexagons = (
  topology: Extract<Topology, { readonly kind: "hexagonal" }>,
  cores: number,
): readonly Place[] => {
  const { routers } = gridOf(topology);
  return Array.from({ length: cores }, (_, core): Place => {
    const chip = Math.floor(core / topology.coresPerRouter);
    return { chip, router: item(routers, chip), port: core - chip * topology.coresPerRouter };
  });
};

/** Cores in order on the machine. On hexagonal machines a router is a chip. */
export const placesOf = (topology: Topology, cores: number, perChip: number): readonly Place[] =>
  topology.kind === "mesh" ? onMesh(topology, cores, perChip) : onHexagons(topology, cores);
