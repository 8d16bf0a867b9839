import { defineDiagnostics } from "../../compiler/diagnostics/index.ts";

/** What is wrong with a program for SpiNNaker, or with its written files. */
export const spinnaker1Diagnostics = defineDiagnostics("spinnaker1", {
  "machine-too-large": {
    severity: "error",
    what: "the network does not fit the largest SpiNNaker machine",
    why: "it needs {cores} cores, machines of up to 256 x 256 chips have {limit}",
    fix: "use fewer --levels or --fold more channels",
  },
  "router-full": {
    severity: "error",
    what: "the routing table of chip {chip} is too long",
    why: "it needs {entries} entries after merging and without default routes, the router holds {limit}",
    fix: "use fewer --levels, or --fold channels so that fewer cores send",
  },
  "row-too-long": {
    severity: "error",
    what: "a synaptic row of core {core} is too long",
    why: "{source} has {count} synapses on the core, a row holds {limit}",
    fix: "use fewer --levels",
  },
  "weight-too-wide": {
    severity: "error",
    what: "a synapse of core {core} does not fit its word",
    why: "weight {weight} is outside -{limit}..{limit}",
    fix: "use fewer --weight-bits or --levels",
  },
  "delay-too-long": {
    severity: "error",
    what: "synapses of core {core} act too late",
    why: "a delay of {delay} ticks is above {limit}, the greatest that a synapse word can hold",
    fix: "report this with the network: the realizer keeps delays below that",
  },
  "file-missing": {
    severity: "error",
    what: "{file} is missing",
    why: "a build for SpiNNaker consists of {all}",
    fix: "compile again",
  },
  "file-damaged": {
    severity: "error",
    what: "{file} cannot be read",
    why: "{reason}",
    fix: "compile again",
  },
  "unknown-core": {
    severity: "error",
    what: "{label} sits on core {core}, which the machine does not have",
    why: "{reason}",
    fix: "compile again, or correct machine.json and placements.json together",
  },
  "core-used-twice": {
    severity: "error",
    what: "{label} and {other} share core {core}",
    why: "a core runs one program",
    fix: "compile again",
  },
  "table-misplaced": {
    severity: "error",
    what: "routing_tables.json holds a table that no router can use",
    why: "{reason}",
    fix: "compile again",
  },
  "entry-never-matches": {
    severity: "error",
    what: "entry {entry} of chip {chip} matches no key",
    why: "key {key} has bits outside mask {mask}",
    fix: "compile again",
  },
  "wrongly-defaultable": {
    severity: "error",
    what: "chip {chip} marks an entry as defaultable that is not",
    why: "key {key} of {label} would go elsewhere without it, and compression may remove it",
    fix: "compile again",
  },
  "keys-overlap": {
    severity: "error",
    what: "{label} and {other} send the same keys",
    why: "both send key {key}",
    fix: "compile again",
  },
  "key-dropped": {
    severity: "error",
    what: "packets of {label} are dropped on their own chip {chip}",
    why: "no entry matches key {key}, and a packet from a core has no straight on",
    fix: "compile again",
  },
  "key-lost": {
    severity: "error",
    what: "packets of {label} leave the machine at chip {chip}",
    why: "key {key} goes out of link {link}, where no chip follows",
    fix: "compile again",
  },
  "key-cycles": {
    severity: "error",
    what: "packets of {label} come back to chip {chip}",
    why: "key {key} returns by link {link}: it would run in a circle",
    fix: "compile again",
  },
  "key-doubled": {
    severity: "error",
    what: "packets of {label} reach chip {chip} twice",
    why: "a second copy of key {key} arrives by link {link}",
    fix: "compile again",
  },
  "core-not-reached": {
    severity: "error",
    what: "packets of {label} do not reach core {core}",
    why: "it has synapses from key {key} ({keys} keys in all)",
    fix: "compile again",
  },
  "core-wrongly-reached": {
    severity: "error",
    what: "packets of {label} reach core {core}",
    why: "it has no synapses from key {key} ({keys} keys in all)",
    fix: "compile again",
  },
  "place-differs": {
    severity: "error",
    what: "{label} is not placed where the program has it",
    why: "the program puts it on chip {wanted}, placements.json on {chip}",
    fix: "compile again",
  },
  "source-without-key": {
    severity: "error",
    what: "{source} does not have exactly one key",
    why: "it has synapses, and {count} senders of keys.json send it",
    fix: "compile again",
  },
  "listeners-differ": {
    severity: "error",
    what: "keys.json and the synapse lists disagree about {label}",
    why: "keys.json names {named} listening cores, the lists have {listening}; the first that differs is {core}",
    fix: "compile again",
  },
});
