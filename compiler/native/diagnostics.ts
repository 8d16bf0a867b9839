import { defineDiagnostics } from "../diagnostics/index.ts";

export const nativeDiagnostics = defineDiagnostics("native", {
  "name-twice": {
    severity: "error",
    what: "two nodes have the same name",
    why: "{count} nodes are called {name}; edges could mean any of them",
    fix: "give every node a name of its own",
  },
  "edge-end-missing": {
    severity: "error",
    what: "an edge has no {end}",
    why: "it goes from {from} to {to}, and there is no node {missing}",
    fix: "name a node of the network, or remove the edge",
  },
  "no-source": {
    severity: "error",
    what: "nothing comes into this node",
    why: "a node of kind {kind} has {count} incoming edges and needs at least 1",
    fix: "connect it, or remove it",
  },
  "input-fed": {
    severity: "error",
    what: "an edge goes into an input",
    why: "{count} edges end here; an input is given from outside",
    fix: "remove these edges, or let them end at another node",
  },
  "shape-unknown": {
    severity: "error",
    what: "the shape of this node cannot be inferred",
    why: "none of its {count} predecessors has a known shape",
    fix: "give the shape of the inputs, or parameters with one entry for every neuron",
  },
  "shape-mismatch": {
    severity: "error",
    what: "a value does not fit this node",
    why: "{from} gives {given}, {wanted} is needed",
    fix: "change one of the two, or put a flatten between them",
  },
  "parameter-size": {
    severity: "error",
    what: "{parameter} does not fit the neurons",
    why: "it has {count} entries; {channels} channels and {size} neurons take 1, {channels} or {size}",
    fix: "give one entry, one per channel or one per neuron",
  },
  "parameter-range": {
    severity: "error",
    what: "{parameter} is out of range",
    why: "it holds {value}; a number {range} is needed",
    fix: "change {parameter}",
  },
  "dt-missing": {
    severity: "error",
    what: "the network has times in seconds, and no step is given",
    why: "{count} nodes have time constants or delays; the profile {profile} has no step of its own",
    fix: "give the step with --dt, for example 1e-4, as the network was trained",
  },
  "dt-assumed": {
    severity: "note",
    what: "a step of {dt} s is assumed",
    why: "none is given, and it is what {profile} takes; {count} nodes depend on it",
    fix: "give --dt to set it",
  },
  "reset-assumed": {
    severity: "note",
    what: "a {reset} reset is assumed",
    why: "{count} nodes do not say how v is reset, and {profile} does it so",
    fix: "give --reset hard or --reset soft to set it",
  },
  "step-too-long": {
    severity: "error",
    what: "the step is longer than a time constant",
    why: "dt = {dt} s is longer than {parameter} = {tau} s; 1 - dt / tau is negative and the euler rule diverges",
    fix: "use a --dt of at most {tau}, or --dynamics exact",
  },
  "not-whole-steps": {
    severity: "error",
    what: "a time is no whole number of steps",
    why: "{time} s is {steps} steps of {dt} s",
    fix: "use a multiple of the step, or another --dt",
  },
  "negative-delay": {
    severity: "error",
    what: "a delay cannot be negative",
    why: "it is {time}",
    fix: "use 0 or more",
  },
  "delay-too-long": {
    severity: "error",
    what: "a delay is longer than a run can hold",
    why: "{steps} steps are asked for, at most {limit} are kept",
    fix: "use a longer --dt or a shorter delay",
  },
  "feedback-delay": {
    severity: "note",
    what: "a feedback acts one step later",
    why: "{from} to {to} closes a cycle whose messages take {steps} steps by themselves",
    fix: "put a delay into the cycle to choose the place yourself",
  },
  "integers-needed": {
    severity: "error",
    what: "{profile} computes in integers, and a fraction remains",
    why: "{what} of {node} holds {value}",
    fix: "use --dynamics lava-float, or put neurons behind the scaled value",
  },
  "cells-need-chip": {
    severity: "error",
    what: "integer neurons cannot run in real arithmetic",
    why: "{count} nodes are given in the integers of a chip, {profile} computes in real numbers",
    fix: "use --dynamics loihi",
  },
});
