"""Writes arrays as NumPy and safetensors store them, for the tests of this folder.

usage: make-fixture.py OUTPUT.json
Needs numpy. Run `npm run format` afterwards.
"""

import base64
import io
import json
import struct
import sys

import numpy as np


def save(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version, allow_pickle=True)
    return out.getvalue()


def npy_cases():
    counting = np.arange(24).reshape(2, 3, 4)
    for descr in ("<f4", ">f4", "<f8", ">f8", "|i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8"):
        yield descr, (counting - 12).astype(descr)
    for descr in ("|u1", "<u2", ">u2", "<u4", ">u4", "<u8", ">u8", "|b1"):
        yield descr, counting.astype(descr)
    yield "fortran f4", np.asfortranarray(counting.astype("<f4"))
    yield "fortran big-endian i2", np.asfortranarray(counting.astype(">i2"))
    yield "scalar", np.float64(1.5).reshape(())
    yield "empty", np.zeros((0, 3), "<f4")
    yield "long first extent", np.zeros((1000, 1), "|u1")


def encode(data):
    return base64.b64encode(data).decode()


def npy(name, array, version=None):
    order = bool(array.flags.f_contiguous and not array.flags.c_contiguous)
    return {
        "name": name,
        "base64": encode(save(array, version)),
        "shape": list(array.shape),
        "values": " ".join(repr(v) for v in array.astype(float).reshape(-1).tolist()),
        "canonical": not order and not array.dtype.str.startswith(">"),
    }


def npz(save_function):
    out = io.BytesIO()
    save_function(out, x=np.arange(6, dtype="<f4").reshape(2, 3), labels=np.arange(2, dtype="<i8"))
    return encode(out.getvalue())


def refused():
    yield "complex", np.zeros(2, "<c8")
    yield "half", np.zeros(2, "<f2")
    yield "object", np.array([None, {}], dtype=object)
    yield "record", np.zeros(2, [("a", "<f4"), ("b", "<i4")])
    yield "text", np.array(["ab", "c"])


def safetensors():
    """Written by hand after the format's description: a length, a JSON header, the data."""
    arrays = {"w": ("F32", np.arange(6, dtype="<f4").reshape(2, 3)), "n": ("I64", np.array([-1, 7], "<i8"))}
    header, data = {"__metadata__": {"by": "test"}}, b""
    for name, (dtype, array) in arrays.items():
        end = len(data) + array.nbytes
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(data), end]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return encode(struct.pack("<Q", len(text)) + text + data)


def main(output):
    cases = [npy(name, array) for name, array in npy_cases()]
    cases += [npy(f"version {v}", np.arange(3, dtype="<f4"), v) | {"canonical": False} for v in ((2, 0), (3, 0))]
    result = {
        "npy": cases,
        "refused": [{"name": name, "base64": encode(save(array))} for name, array in refused()],
        "npz": npz(np.savez),
        "npzCompressed": npz(np.savez_compressed),
        "safetensors": safetensors(),
    }
    with open(output, "w") as out:
        out.write(json.dumps(result, indent=2) + "\n")


main(sys.argv[1])
