"""A second implementation of reading compressed updates (rules T12 and T13), written from the description alone with NumPy and
cryptography, checked against the test vectors.

Usage: compression.py FOLDER_OF_VECTORS

Prints, as JSON, how many cases it checked.
"""

import hashlib
import json
import math
import struct
import sys
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

F32 = np.dtype("<f4")


class Refused(Exception):
    """Bytes that are no compressed update; the first argument is the reason."""


def keystream(seed, label, length):
    key = hashlib.sha256(f"tributary seed v1\n{seed}\n{label}".encode()).digest()
    return Cipher(ChaCha20(key, bytes(16)), mode=None).encryptor().update(bytes(length))


def rotated_length(length):
    return 1 << (length - 1).bit_length()


def coordinates(length, k, seed):
    words = (word for (word,) in struct.iter_unpack("<I", keystream(seed, "random k", 8 * k + 65_536)))
    order = list(range(length))
    for i in range(k):
        bound = length - i
        word = next(word for word in words if word < 2**32 - 2**32 % bound)
        j = i + word % bound
        order[i], order[j] = order[j], order[i]
    return sorted(order[:k])


def hadamard(values):
    values = values.copy()
    half = 1
    while half < len(values):
        pairs = values.reshape(-1, 2, half)
        values = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], axis=1).reshape(-1)
        half *= 2
    return (values.astype("f8") * (1 / math.sqrt(len(values)))).astype(F32)


def signs(length, seed):
    bits = np.frombuffer(keystream(seed, "rotation", (length + 7) // 8), "u1")
    return np.where(np.unpackbits(bits, bitorder="little")[:length] == 1, -1, 1).astype(F32)


def read_coordinates(data, length, k):
    at, place, next_ = [], 0, 0
    for _ in range(k):
        gap, shift = 0, 0
        while True:
            if place == len(data):
                raise Refused("wrong-length")
            byte = data[place]
            place += 1
            if shift > 28 or (shift and byte == 0):
                raise Refused("bad-coordinates")
            gap |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if next_ + gap >= length:
            raise Refused("bad-coordinates")
        at.append(next_ + gap)
        next_ += gap + 1
    if place != len(data):
        raise Refused("wrong-length")
    return at


def decompress(data, compression, length, beside, seed):
    rotation, sparsify, bits = (compression.get(stage) for stage in ("rotation", "sparsify", "bits"))
    kind = (sparsify or {}).get("kind")
    turned = rotated_length(length) if rotation else length
    k = max(1, math.floor(sparsify["share"] * turned + 0.5)) if sparsify else turned
    flags = bool(rotation) | 2 * (kind == "random-k") | 4 * (kind == "top-k") | (bits or 0)
    if len(data) < 8:
        raise Refused("wrong-length")
    if data[:8] != struct.pack("<BBHI", 1, flags, 0, k):
        raise Refused("other-stages")
    behind = 8 + 4 * beside
    end = behind + (8 + k if bits else 4 * k)
    if len(data) < end or (kind != "top-k" and len(data) > end):
        raise Refused("wrong-length")
    if bits:
        low, step = struct.unpack_from("<ff", data, behind)
        with np.errstate(all="ignore"):
            if not (step >= 0 and np.isfinite(np.float32(low + 255 * step))):
                raise Refused("bad-levels")
            sent = (low + step * np.frombuffer(data[behind + 8 : end], "u1").astype("f8")).astype(F32)
    else:
        sent = np.frombuffer(data[behind:end], F32)
    delta = sent
    if kind == "random-k":
        scale = turned / k if sparsify["rescale"] else 1
        delta = np.zeros(turned, F32)
        delta[coordinates(turned, k, seed)] = (sent.astype("f8") * scale).astype(F32)
    if kind == "top-k":
        delta = np.zeros(length, F32)
        delta[read_coordinates(data[end:], length, k)] = sent
    if rotation:
        delta = (hadamard(delta) * signs(turned, seed))[:length]
    return np.concatenate([delta, np.frombuffer(data[8:behind], F32)])


def main(folder):
    vectors = json.loads((Path(folder) / "compression.json").read_text())
    seed = f"tributary compression v1 {vectors['round']} {vectors['model']}"
    assert seed == vectors["seed"]
    forms = {case["name"]: case for case in vectors["cases"]}

    def read(data, case):
        return decompress(bytes.fromhex(data), case["compression"], case["length"], case["beside"], seed)

    for case in vectors["cases"]:
        found = read(case["bytes"], case)
        expected = np.frombuffer(bytes.fromhex(case["read"]), F32)
        assert np.array_equal(found, expected), case["name"]
    for case in vectors["refused"]:
        try:
            read(case["bytes"], forms[case["case"]])
        except Refused as refused:
            assert refused.args[0] == case["reason"], case["description"]
        else:
            raise AssertionError(f"{case['description']} is read")
    print(json.dumps({"compression.json": len(vectors["cases"]) + len(vectors["refused"])}))


main(*sys.argv[1:])
