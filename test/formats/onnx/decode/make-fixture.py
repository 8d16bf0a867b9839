"""Writes what Python onnx reads from models, for decode-model.test.ts.

usage: make-fixture.py OUTPUT.json MODEL.onnx...
Needs onnx and numpy; run `npm run format` afterwards. The lines are the same as in digest.ts.
"""

import hashlib
import json
import os
import struct
import sys

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, numpy_helper

MOST = 2**53 - 1


def line(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def integer(value):
    if value in (2**63 - 1, 2**64 - 1):
        return MOST
    return -MOST if value in (-(2**63), -(2**63) + 1) else int(value)


def float_bits(value):
    return struct.pack("<f", value).hex()


def values(tensor):
    if tensor.data_location == TensorProto.EXTERNAL:
        return "external"
    array = numpy_helper.to_array(tensor)
    if array.dtype.kind not in "fiubV":
        return "unread"
    if array.dtype.kind in "iu":
        array = np.array([integer(v) for v in array.reshape(-1).tolist()], dtype=np.float64)
    data = array.astype(np.float64).reshape(-1)
    return hashlib.sha256(np.where(np.isnan(data), np.nan, data).astype("<f8").tobytes()).hexdigest()


def tensor_line(tensor):
    element = TensorProto.DataType.Name(tensor.data_type)
    return [tensor.name, element, list(tensor.dims), values(tensor)]


def attribute_line(a):
    kind = AttributeProto.AttributeType.Name(a.type).lower()
    value = {
        "float": lambda: float_bits(a.f),
        "int": lambda: integer(a.i),
        "string": lambda: a.s.decode("utf-8", "replace"),
        "tensor": lambda: tensor_line(a.t),
        "floats": lambda: [float_bits(f) for f in a.floats],
        "ints": lambda: [integer(i) for i in a.ints],
        "strings": lambda: [s.decode("utf-8", "replace") for s in a.strings],
        "graph": lambda: None,
    }.get(kind, lambda: None)
    known = ("float", "int", "string", "tensor", "floats", "ints", "strings", "graph")
    return [a.name, kind if kind in known else "other", value()]


def dim(d):
    if d.HasField("dim_value"):
        return d.dim_value if d.dim_value >= 0 else None
    return d.dim_param or None


def value_line(v):
    if not v.type.HasField("tensor_type"):
        return [v.name, None, None]
    tensor = v.type.tensor_type
    dims = [dim(d) for d in tensor.shape.dim] if tensor.HasField("shape") else None
    return [v.name, TensorProto.DataType.Name(tensor.elem_type), dims]


def domain(name):
    return "" if name == "ai.onnx" else name


def lines(model):
    graph = model.graph
    opsets = sorted([domain(o.domain), o.version] for o in model.opset_import)
    yield line([model.ir_version, model.producer_name, model.producer_version, graph.name, opsets])
    for node in graph.node:
        attributes = [attribute_line(a) for a in node.attribute]
        yield line(
            [node.name, node.op_type, domain(node.domain), list(node.input), list(node.output), attributes]
        )
    for tensor in graph.initializer:
        yield line(tensor_line(tensor))
    for list_of in (graph.input, graph.output, graph.value_info):
        for value in list_of:
            yield line(value_line(value))


# Models whose initializers are listed one by one, so that a wrong digest can be traced.
LISTED = ("mnist-cntk.onnx", "nxtf-mnist.onnx", "mnist-mlp-bn.onnx")


def main(output, paths):
    result = {}
    for path in paths:
        name = os.path.basename(path)
        model = onnx.load(path, load_external_data=False)
        text = "".join(one + "\n" for one in lines(model))
        result[name] = {"digest": hashlib.sha256(text.encode()).hexdigest()}
        if name in LISTED:
            result[name]["initializers"] = [line(tensor_line(t)) for t in model.graph.initializer]
    with open(output, "w") as out:
        out.write(json.dumps(result, indent=2, sort_keys=True) + "\n")


main(sys.argv[1], sys.argv[2:])
