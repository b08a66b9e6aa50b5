"""Reads tensor files that we wrote with Python's own library, and writes ones for us to read.

Usage: safetensors_files.py FOLDER

Reads FOLDER/from-typescript.json, a list of {file, tensors: [{name, shape, dtype}], values (hex, little-endian),
metadata}, checks each file, and prints as JSON what it checked. Writes FOLDER/*.safetensors of its own and
FOLDER/from-python.json in the same form, with the SHA-256 of what it would write for our tensors.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy
import safetensors
import safetensors.numpy

DTYPES = {"F32": "<f4", "I32": "<i4", "U32": "<u4", "I16": "<i2", "U16": "<u2", "I8": "<i1", "U8": "<u1"}


def arrays_of(described):
    """The arrays that a description's flat values make, in its order."""
    data = bytes.fromhex(described["values"])
    arrays, start = {}, 0
    for tensor in described["tensors"]:
        dtype = numpy.dtype(DTYPES[tensor["dtype"]])
        count = int(numpy.prod(tensor["shape"], dtype=numpy.int64))
        end = start + count * dtype.itemsize
        arrays[tensor["name"]] = numpy.frombuffer(data[start:end], dtype).reshape(tensor["shape"])
        start = end
    assert start == len(data), (start, len(data))
    return arrays


def check(folder, described):
    """Our file holds bit for bit what its description says; gives the digest of Python's file of the same."""
    expected = arrays_of(described)
    with safetensors.safe_open(folder / described["file"], framework="numpy") as opened:
        assert set(opened.keys()) == set(expected), (set(opened.keys()), set(expected))
        assert (opened.metadata() or {}) == described["metadata"], opened.metadata()
        for name, array in expected.items():
            found = opened.get_tensor(name)
            assert found.dtype == array.dtype and found.shape == array.shape, (name, found.dtype, found.shape)
            assert found.tobytes() == array.tobytes(), name
    written = safetensors.numpy.save(expected, metadata=described["metadata"] or None)
    return {"file": described["file"], "pythonDigest": "sha256:" + hashlib.sha256(written).hexdigest()}


def write(folder, name, arrays, metadata):
    """A file by Python's library, described in the order of its data."""
    safetensors.numpy.save_file(arrays, folder / name, metadata=metadata or None)
    header_bytes = int.from_bytes((folder / name).read_bytes()[:8], "little")
    header = json.loads((folder / name).read_bytes()[8 : 8 + header_bytes])
    order = sorted(arrays, key=lambda tensor: header[tensor]["data_offsets"][0])
    words = {numpy.dtype(dtype): word for word, dtype in DTYPES.items()}
    return {
        "file": name,
        "tensors": [
            {"name": each, "shape": list(arrays[each].shape), "dtype": words[arrays[each].dtype]} for each in order
        ],
        "values": b"".join(numpy.ascontiguousarray(arrays[each]).tobytes() for each in order).hex(),
        "metadata": metadata,
    }


def main():
    folder = Path(sys.argv[1])
    checked = [check(folder, described) for described in json.loads((folder / "from-typescript.json").read_text())]
    random = numpy.random.default_rng(20_240_601)
    network = {
        "dense/kernel": random.standard_normal((7, 5)).astype("<f4"),
        "dense/bias": random.standard_normal(5).astype("<f4"),
        "a/scalar": numpy.array(0.25, "<f4"),
        "Ünicode \u6a21": numpy.array([numpy.nan, numpy.inf, -numpy.inf, -0.0, 1e-45], "<f4"),
    }
    written = [
        write(folder, "network.safetensors", network, {"format": "np", "made by": "Python \u00fc"}),
        write(folder, "one.safetensors", {"w": numpy.arange(3, dtype="<f4")}, {}),
        write(folder, "many.safetensors", {f"layer.{i}.w": numpy.full((i + 1,), i, "<f4") for i in range(120)}, {}),
    ]
    for word, dtype in DTYPES.items():
        limits = numpy.iinfo(dtype) if word != "F32" else numpy.finfo(dtype)
        values = numpy.array([limits.min, 0, 1, limits.max], dtype)
        written.append(write(folder, f"{word}.safetensors", {"v": values}, {}))
    (folder / "from-python.json").write_text(json.dumps(written))
    print(json.dumps(checked))


main()
