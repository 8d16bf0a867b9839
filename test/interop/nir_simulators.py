"""The reference NIR package, Norse, snnTorch and SpikingJelly read the NIR files of a folder and repeat our spikes.

usage: python nir_simulators.py FOLDER
FOLDER holds .nir files and cases.json, as test/interop/nir/write.ts writes them.
The last line is "N passed, M failed"; the exit code is 1 when a check failed.
"""

import contextlib
import io
import json
import logging
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import nir  # noqa: E402
import numpy as np  # noqa: E402
import spikingjelly.activation_based.nir_exchange as spikingjelly_nir  # noqa: E402
import torch  # noqa: E402
from norse.torch.utils.import_nir import from_nir as norse_from_nir  # noqa: E402
from snntorch.import_nir import import_from_nir as snntorch_from_nir  # noqa: E402

torch.set_num_threads(1)
counts = {"passed": 0, "failed": 0}


def check(name, ok, detail=""):
    counts["passed" if ok else "failed"] += 1
    print(("ok    " if ok else "FAIL  ") + name + (": " + detail if detail else ""), flush=True)


def stepped(module, inputs):
    """Runs a module that returns (value, state) over the first axis."""
    outputs, state = [], None
    with torch.no_grad():
        for x in inputs:
            result = module(x) if state is None else module(x, state)
            value, state = result if isinstance(result, tuple) else (result, None)
            outputs.append(value)
    return torch.stack(outputs)


class Batched:
    """A module that wants an axis of samples, as one that wants none; some modules keep their state themselves."""

    def __init__(self, module):
        self.module = module

    def __call__(self, x, state=None):
        return self.module(x[None]) if state is None else self.module(x[None], state)


load = {
    "norse": lambda graph, dt: norse_from_nir(graph, dt=dt),
    "snntorch": lambda graph, dt: snntorch_from_nir(graph),
    "spikingjelly": lambda graph, dt: Batched(spikingjelly_nir.import_from_nir(graph, dt=dt)),
}


def is_whole(graph):
    """True when the file states the shape of every node: nothing was left to be inferred, or to stay unknown."""
    ports = [port for node in graph.nodes.values() for port in (node.input_type, node.output_type)]
    return all(port and all(shape is not None for shape in port.values()) for port in ports)


def attempt(action):
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return action(), ""
        except Exception as error:  # the tools raise many kinds; each of them is a failed check
            return None, f"{type(error).__name__}: {str(error)[:300]}"


def check_case(folder, case):
    path = os.path.join(folder, case["name"] + ".nir")
    typed = case["typed"]
    graph, error = attempt(lambda: nir.read(path, type_check=typed))
    whole = graph is not None and is_whole(graph)
    check(f"{case['name']}: nir {nir.version} reads it with{'' if typed else 'out'} its type check", whole, error)
    if graph is None:
        return
    inputs = torch.tensor(case["input"], dtype=torch.float32).reshape(case["steps"], *case["shape"])
    expected = np.array(case["spikes"]).reshape(case["steps"], -1)
    for tool in case["tools"]:
        found, error = attempt(lambda: stepped(load[tool](nir.read(path, type_check=typed), case["dt"]), inputs))
        if found is None:
            check(f"{case['name']} in {tool}", False, error)
            continue
        found = found.reshape(case["steps"], -1).numpy()
        different = int((found != expected).sum()) if found.shape == expected.shape else expected.size
        detail = f"{int(expected.sum())} spikes of {expected.size}, {different} differ"
        check(f"{case['name']} in {tool}", different == 0, detail)


def main():
    folder = sys.argv[1]
    started = time.time()
    with open(os.path.join(folder, "cases.json"), encoding="utf-8") as f:
        cases = json.load(f)
    for case in cases:
        check_case(folder, case)
    print(f"{time.time() - started:.1f} s")
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
