import { toZero } from "../../compiler/ir/index.ts";
/**
 * SpiNNaker 1 with the stock cell `IF_curr_delta` used without state: tau_m = cm = dt / 16 and tau_refrac = 0 make the
 * decay of a tick exactly 0 and the resistance 1 in s16.15, v_rest = v_reset = 0. Ring buffers get
 * `max_expected_summed_weight = [32767, 32767]`, which sets their shift to 15: a synapse word holds |weight| itself.
 * `n_colour_bits = 6` tells spikes that come early from late ones.
 */
import { known, type Target, unknown } from "../../compiler/target/index.ts";
import { boardTopology, coresPerChip } from "./board.ts";
import { colourBits, mostDelay, rowLength } from "./limits.ts";
import { sdramPerChip } from "./make-documents.ts";

const spynnaker = "sPyNNaker 7.4.1";

/** 2^16 - 1 is the full slot of a ring buffer. One less keeps read-outs below their threshold and a full slot a fault. */
const greatestSum = 65534;

export const spinnaker1: Target = {
  name: "spinnaker1",
  summary: "SpiNNaker 1: boards of 48 chips, stock IF_curr_delta neurons, key-routed multicast",
  modes: ["exact.spatial"],
  cell: {
    arithmetic: { kind: "buffered", bufferBits: 16, stateBits: 32 },
    comparator: "reached",
    reset: toZero,
    leastDecay: known(0, "of v a tick", `${spynnaker}, neuron_model_lif: expk(-16) is 0 in s16.15`),
    units: [1],
    weightFactor: 1,
    fireAtOne: () => ({ threshold: 1, drive: 0, floor: null }),
    // v_thresh of a read-out; sums end at 65,534, so it is never reached. 65,536 does not fit s16.15.
    silent: 65535,
    signedSumLimit: known(
      greatestSum,
      "weight units per sign and tick",
      `${spynnaker}, synapses.c: slots saturate at 65,535`,
    ),
    maxDelay: known(mostDelay - 1, "tick", `${spynnaker}, synapses.c process_fixed_synapses; see limits.ts`),
    // A spike that is handled one tick late still lands in its slot.
    hop: 2,
    interval: 1,
  },
  grid: { low: -65535, high: 65535, step: 1, exponents: [0, 0] },
  topology: boardTopology,
  coresPerChip: known(
    coresPerChip,
    "core",
    "SpiNNMachine 7.4.1, version_5.py: 17 or 18, less SCAMP, extra monitor, packet gatherer",
  ),
  systems: [
    {
      name: "SpiNN-3",
      chips: known(4, "chip", "SpiNNMachine 7.4.1, version_3.py: 2 x 2 chips with wrap-around"),
    },
    {
      name: "SpiNN-5",
      chips: known(48, "chip", "SpiNNMachine 7.4.1, version_5.py: one hexagonal board"),
      joined: unknown(
        "the greatest machine that can be booked changes",
        "SpiNNMachine 7.4.1, version_5.py: boards join in triads",
      ),
    },
  ],
  keysPerNeuron: known(
    2 ** colourBits,
    "key",
    `${spynnaker}, spynnaker.cfg n_colour_bits, set to ${colourBits}`,
  ),
  capacity: {
    neurons: known(rowLength, "neuron", `${spynnaker}, abstract_pynn_neuron_model.py`),
    "synapses per axon": known(rowLength, "synapse", `${spynnaker}, utilities/constants.py: words of a row`),
    "synapse words": known(
      Math.floor(sdramPerChip / coresPerChip / 4),
      "word",
      "SpiNNMachine 7.4.1, version_spin1.py: SDRAM of a chip in equal shares",
    ),
  },
  profiles: {
    spinnmachine: {
      packet: known(
        1000,
        "pJ",
        "SpiNNMachine 7.4.1, version_spin1.py: 25 pJ a bit, 40 bits through a router",
      ),
      synapse: unknown(
        "only whole-system figures are published",
        "Stromatias 2013: below 27 nJ including static power",
      ),
    },
  },
};
