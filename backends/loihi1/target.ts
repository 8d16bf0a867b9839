/**
 * Loihi 1 used without state: a CUBA-LIF compartment whose current decays at once and whose voltage keeps 1/4096 of the
 * step before. Thresholds arrive as synapses, so every compartment has the least threshold, and the floor keeps the old
 * voltage from deciding (`docs/architecture.md`, exact.spatial on a chip).
 */
import { fixed, toZero } from "../../compiler/ir/index.ts";
import { known, type Target } from "../../compiler/target/index.ts";

const nengoBlock = "nengo-loihi e564f66, nengo_loihi/block.py";
const nengoDiscretize = "nengo-loihi e564f66, nengo_loihi/builder/discretize.py";
const nengoValidate = "nengo-loihi e564f66, nengo_loihi/hardware/validate.py";
const nxtf = "NxTF (intel-nrc-ecosystem/models 3dc53bf), nxsdk_modules_ncl/dnn/src";
const davies = "Davies et al. 2018, Loihi, IEEE Micro 38(1), table 2 (pre-silicon, 0.75 V)";
const boards = "lava, src/lava/magma/core/resources.py; Davies 2018";
const sanafe = "SANA-FE 8951ab0, arch/loihi.yaml (calibrated)";

/** Routers of a chip: 8 x 4 tiles of 4 cores. Source: Davies 2018; SANA-FE, arch/loihi.yaml. */
const tiles = [8, 4] as const;
const coresPerTile = 4;
export const coresPerChip = 128;

/** Least v that a step may leave: 1/4096 of it, rounded towards zero, stays below the margin of half a unit. */
const floorFor = (unit: number): number => -(4096 * unit - 1);

/** v must be above vThMant * 64 with vThMant = 1; a sum of one integer is two units, its margin is one. */
const threshold = 64;

export const target: Target = {
  name: "loihi1",
  summary:
    "Loihi 1: chips of 128 cores in a mesh, CUBA-LIF compartments in the chip's own integer arithmetic",
  modes: ["exact.spatial", "native"],
  cell: {
    arithmetic: fixed({ decayBits: 12, accumulatorBits: 22, currentBits: 24, voltageBits: 24 }),
    comparator: "above",
    reset: toZero,
    leastDecay: known(1 / 4096, "of v a step", `${nengoDiscretize}: decay_v 4095, the offset of v is 0`),
    units: [64, 32, 16, 8, 4, 2, 1],
    weightFactor: 2,
    fireAtOne: (unit) => ({ threshold, drive: threshold - unit, floor: floorFor(unit) }),
    silent: 131071 * 64,
    signedSumLimit: known(
      2 ** 21 - 1,
      "potential",
      `${nengoDiscretize}: the accumulator has 21 bits and a sign`,
    ),
    maxDelay: known(
      7,
      "step",
      `Davies 2018: 8 accumulator slots are guaranteed; up to 62 are possible where slots are free (${nxtf}, synapse_compression.py)`,
    ),
    hop: 1,
    // A read-out is compared one step after silence, so that v / 4096 of another sample is not in it.
    interval: 2,
  },
  dynamics: {
    kind: "compartments",
    compartment: {
      weight: known(
        127,
        "2^6 of potential",
        `${nengoDiscretize}: 8 bits beside the exponent, of which the last is lost where signs are mixed`,
      ),
      weightUnit: 64,
      threshold: known(131071 * 64, "potential", `${nengoDiscretize}: 17 bits, exponent 6`),
      bias: {
        mantissa: known(4095, "mantissa", `${nengoDiscretize}: 12 bits and a sign`),
        exponent: known(7, "exponent", `${nengoDiscretize}: 3 bits`),
      },
      refractory: known(62, "step", `${nengoBlock}: refract_delay 1..63; 1 may fire in the next step`),
    },
  },
  // Mixed-sign mantissas of 8 bits lose their last bit; exponents 0..13 are weight exponents -6..7 of weight * 2^(6 + e).
  grid: { low: -256, high: 254, step: 2, exponents: [0, 13] },
  topology: (cores) => ({
    kind: "mesh",
    size: tiles,
    coresPerRouter: coresPerTile,
    chips: Math.max(1, Math.ceil(cores / coresPerChip)),
  }),
  coresPerChip: known(coresPerChip, "core", "Davies et al. 2018, Loihi, IEEE Micro 38(1)"),
  systems: [
    { name: "Kapoho Bay", chips: known(2, "chip", boards) },
    { name: "Nahuku", chips: known(32, "chip", `${boards}; smaller boards of the kind exist`) },
    { name: "Pohoiki Springs", chips: known(768, "chip", boards) },
  ],
  capacity: {
    neurons: known(1024, "compartment", nengoBlock),
    "input axons": known(4096, "axon", nengoBlock),
    "output axons": known(
      4096,
      "axon",
      `${nengoBlock}; one more for a receiver on another chip: ${nxtf}, data_structures.py`,
    ),
    "synapse words": known(16384, "64-bit word", `${nengoBlock}; ${nxtf}, optimization.py`),
    "words per axon": known(256, "64-bit word", `${nxtf}, optimization.py`),
    "synapse formats": known(15, "format", `${nengoValidate}: 16 slots, the first stays unused`),
  },
  profiles: {
    davies2018: {
      "synapse energy": known(23.6, "pJ", davies),
      "neuron active energy": known(81, "pJ", davies),
      "neuron idle energy": known(52, "pJ", davies),
      "spike energy": known(1.7, "pJ", davies),
      "hop east-west energy": known(3, "pJ", davies),
      "hop north-south energy": known(4, "pJ", davies),
      "synapse time": known(3.5, "ns", davies),
      "neuron active time": known(8.4, "ns", davies),
      "neuron idle time": known(5.3, "ns", davies),
      "barrier time": known(465, "ns", `${davies}: 113 to 465 for 1 to 32 tiles, the greatest is taken`),
    },
    "sanafe-calibrated": {
      "synapse energy": known(35.5, "pJ", `${sanafe}: dense`),
      "neuron active energy": known(72.8, "pJ", `${sanafe}: soma access 51.2 + update 21.6`),
      "neuron idle energy": known(51.2, "pJ", `${sanafe}: soma access`),
      "spike energy": known(180.3, "pJ", `${sanafe}: spike out 69.3 + axon out 111`),
      "hop east-west energy": known(3, "pJ", sanafe),
      "hop north-south energy": known(4.2, "pJ", sanafe),
      "synapse time": known(3.8, "ns", `${sanafe}: dense`),
      "neuron active time": known(9.7, "ns", `${sanafe}: soma access 6.0 + update 3.7`),
      "neuron idle time": known(6, "ns", `${sanafe}: soma access`),
      "axon in time": known(16, "ns", sanafe),
      "axon out time": known(5.1, "ns", sanafe),
      "barrier time": known(1800, "ns", `${sanafe}: sync table, 29 tiles`),
    },
  },
};
