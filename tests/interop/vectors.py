"""A second implementation of envelope v1 and of what clients sign, written from the description alone with PyNaCl and
cryptography, checked against the test vectors.

Usage: vectors.py FOLDER_OF_VECTORS [ENVELOPE_FOLDER]

With ENVELOPE_FOLDER it also opens ENVELOPE_FOLDER/from-typescript.bin, described by from-typescript.json, and seals
from-python.bin for us to open. Prints, as JSON, how many cases it checked.
"""

import base64
import hashlib
import json
import math
import struct
import sys
from pathlib import Path

import nacl.bindings
import nacl.exceptions
import nacl.secret
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FRAME, TAG, HEADER = 262_144, 16, 52


class Refused(Exception):
    """An envelope that does not open; the first argument is the reason."""


def unbase64url(text):
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def length_prefixed(*parts):
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(struct.pack(">I", len(part)) + part for part in encoded)


def public_key(secret_key):
    return X25519PrivateKey.from_private_bytes(secret_key).public_key().public_bytes_raw()


def envelope_key(shared, header, recipient, context):
    info = length_prefixed("tributary envelope v1", *(context[part] for part in ("task", "round", "client", "model")))
    return HKDF(SHA256(), 32, header + recipient, info).derive(shared)


def nonce(prefix, frame, last):
    return prefix + struct.pack(">IB", frame, int(last))


def seal(plaintext, recipient, context, ephemeral_secret, prefix):
    shared = X25519PrivateKey.from_private_bytes(ephemeral_secret).exchange(X25519PublicKey.from_public_bytes(recipient))
    header = b"\x01" + public_key(ephemeral_secret) + prefix
    box = nacl.secret.SecretBox(envelope_key(shared, header, recipient, context))
    frames = max(1, math.ceil(len(plaintext) / FRAME))
    return header + b"".join(
        box.encrypt(plaintext[i * FRAME : (i + 1) * FRAME], nonce(prefix, i, i == frames - 1)).ciphertext
        for i in range(frames)
    )


def open_box(key, number, ciphertext):
    try:
        return nacl.secret.SecretBox(key).decrypt(ciphertext, number)
    except nacl.exceptions.CryptoError:
        return None


def open_envelope(envelope, secret_key, context):
    if envelope[:1] not in (b"", b"\x01"):
        raise Refused("version")
    header, boxes = envelope[:HEADER], [envelope[i : i + FRAME + TAG] for i in range(HEADER, len(envelope), FRAME + TAG)]
    if not boxes or len(boxes[-1]) < TAG:
        raise Refused("truncated")
    if len(boxes) > 1 and len(boxes[-1]) == TAG:
        raise Refused("trailing-bytes")
    try:
        peer = X25519PublicKey.from_public_bytes(header[1:33])
        shared = X25519PrivateKey.from_private_bytes(secret_key).exchange(peer)
    except ValueError as error:
        raise Refused("low-order-key") from error
    key, prefix = envelope_key(shared, header, public_key(secret_key), context), header[33:]
    plaintext = []
    for i, ciphertext in enumerate(boxes):
        last = i == len(boxes) - 1
        opened = open_box(key, nonce(prefix, i, last), ciphertext)
        if opened is None:
            other = open_box(key, nonce(prefix, i, not last), ciphertext)
            raise Refused("not-authentic" if other is None else "truncated" if last else "trailing-bytes")
        plaintext.append(opened)
    return b"".join(plaintext)


def pattern(length):
    return bytes((31 * i + i // 256) % 256 for i in range(length))


def check_envelopes(vectors):
    recipient = {name: bytes.fromhex(key) for name, key in vectors["recipient"].items()}
    assert public_key(recipient["secretKey"]) == recipient["publicKey"]
    context, sealed = vectors["context"], {}
    for case in vectors["cases"]:
        given = case["plaintext"]
        plaintext = bytes.fromhex(given["hex"]) if "hex" in given else pattern(given["bytes"])
        assert digest(plaintext) == case["plaintextDigest"], case["name"]
        envelope = seal(
            plaintext,
            recipient["publicKey"],
            context,
            bytes.fromhex(case["ephemeral"]["secretKey"]),
            bytes.fromhex(case["noncePrefix"]),
        )
        assert digest(envelope) == case["envelopeDigest"], case["name"]
        assert len(envelope) == case["envelopeBytes"], case["name"]
        assert "envelope" not in case or unbase64url(case["envelope"]) == envelope, case["name"]
        assert open_envelope(envelope, recipient["secretKey"], context) == plaintext, case["name"]
        sealed[case["name"]] = envelope
    for refusal in vectors["refusals"]:
        if "envelope" in refusal:
            envelope = unbase64url(refusal["envelope"])
        else:
            pieces = [sealed[refusal["case"]][start:end] for start, end in refusal["pieces"]]
            envelope = b"".join(pieces) + bytes.fromhex(refusal.get("append", ""))
        try:
            open_envelope(envelope, recipient["secretKey"], context | refusal.get("context", {}))
        except Refused as refused:
            assert refused.args[0] == refusal["reason"], (refusal["description"], refused.args)
        else:
            raise AssertionError(f"{refusal['description']}: opened")
    return len(vectors["cases"]) + len(vectors["refusals"])


def verifies(key, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def client_id(key):
    return "c-" + hashlib.sha256(key).hexdigest()[:32]


def statement(domain, *parts):
    return hashlib.sha256(length_prefixed(domain, *parts)).digest()


def number(value):
    return struct.pack(">d", value)


def submission_statement(submission):
    claims = submission["claims"]
    metrics = [part for name, value in sorted(claims["metrics"].items()) for part in (name, number(value))]
    return statement(
        "tributary submission v1",
        *(submission[field] for field in ("task", "round", "client", "model", "envelope")),
        number(submission["envelopeBytes"]),
        number(claims["examples"]),
        number(claims["trainMs"]) if "trainMs" in claims else b"",
        *metrics,
    )


def submission_verifies(submission, key):
    signature = unbase64url(submission["signature"])
    return client_id(key) == submission["client"] and verifies(key, submission_statement(submission), signature)


def model_statement(model):
    weights, assignment = model["weights"], model["assignment"]
    return statement(
        "tributary model manifest v1",
        model["coordinator"],
        model["task"],
        struct.pack(">d", model["version"]),
        weights["digest"],
        struct.pack(">d", weights["bytes"]),
        assignment["digest"],
        struct.pack(">d", assignment["bytes"]),
    )


def check_statements(vectors):
    for case in vectors["signingBytes"]:
        assert length_prefixed(case["domain"], *case["parts"]).hex() == case["bytes"], case
        assert statement(case["domain"], *case["parts"]).hex() == case["digest"], case
    identity, challenge, enrolment = vectors["identity"], vectors["challenge"], vectors["enrolment"]
    signer = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(identity["seed"]))
    key = signer.public_key().public_bytes_raw()
    assert key.hex() == identity["publicKey"] and client_id(key) == identity["clientId"]

    nonce_bytes = bytes.fromhex(challenge["nonce"])
    asked = statement("tributary challenge v1", challenge["coordinator"], nonce_bytes, challenge["client"])
    assert asked.hex() == challenge["digest"] and signer.sign(asked).hex() == challenge["signature"]

    assert digest(enrolment["token"].encode()) == enrolment["tokenHash"]
    enrolled = statement("tributary enrolment v1", enrolment["tokenHash"], key)
    assert enrolled.hex() == enrolment["digest"] and signer.sign(enrolled).hex() == enrolment["signature"]

    for case in vectors["withdrawals"]:
        withdrawn = statement("tributary withdrawal v1", case["coordinator"], case["client"])
        assert withdrawn.hex() == case["digest"] and signer.sign(withdrawn).hex() == case["signature"], case

    for case in vectors["models"]:
        signed = model_statement(case["statement"])
        assert signed.hex() == case["digest"] and signer.sign(signed) == unbase64url(case["signature"]), case
    for case in vectors["refusedModels"]:
        assert not verifies(key, model_statement(case["statement"]), unbase64url(case["signature"])), case["description"]

    for case in vectors["submissions"]:
        submission = json.loads(unbase64url(case["header"]))
        assert submission == case["submission"], case["name"]
        assert submission_statement(submission).hex() == case["digest"], case["name"]
        assert signer.sign(bytes.fromhex(case["digest"])) == unbase64url(submission["signature"]), case["name"]
        assert submission_verifies(submission, key), case["name"]
    for case in vectors["refusedSubmissions"]:
        submission = json.loads(unbase64url(case["header"]))
        assert not submission_verifies(submission, bytes.fromhex(case["publicKey"])), case["description"]
    lists = ("signingBytes", "withdrawals", "models", "refusedModels", "submissions", "refusedSubmissions")
    return 3 + sum(len(vectors[name]) for name in lists)


def check_primitives(vectors):
    for case in vectors["x25519"]:
        secret = X25519PrivateKey.from_private_bytes(bytes.fromhex(case["secretKey"]))
        shared = secret.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(case["publicKey"])))
        assert shared.hex() == case["shared"], case["source"]
    for case in vectors["ed25519"]:
        signer = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(case["seed"]))
        assert signer.public_key().public_bytes_raw().hex() == case["publicKey"], case["source"]
        assert signer.sign(bytes.fromhex(case["message"])).hex() == case["signature"], case["source"]
    for case in vectors["hkdfSha256"]:
        salt, info = bytes.fromhex(case["salt"]), bytes.fromhex(case["info"])
        key = HKDF(SHA256(), case["length"], salt, info).derive(bytes.fromhex(case["secret"]))
        assert key.hex() == case["key"], case["source"]
    for case in vectors["secretbox"]:
        box = nacl.secret.SecretBox(bytes.fromhex(case["key"]))
        ciphertext = box.encrypt(bytes.fromhex(case["plaintext"]), bytes.fromhex(case["nonce"])).ciphertext
        assert ciphertext.hex() == case["box"], case["source"]
    return sum(len(vectors[name]) for name in ("x25519", "ed25519", "hkdfSha256", "secretbox"))


def mask_words(key, count):
    """The ChaCha20 keystream of RFC 8439 with a zero nonce from block 0, as little-endian words."""
    stream = Cipher(ChaCha20(key, bytes(16)), None).encryptor().update(bytes(4 * count))
    return struct.unpack(f"<{count}I", stream)


def field_product(a, b):
    """In GF(2^8) with x^8 + x^4 + x^3 + x + 1."""
    product = 0
    while b:
        product ^= a * (b & 1)
        a, b = (a << 1) ^ (0x11B if a & 0x80 else 0), b >> 1
    return product


def shamir_share(terms, x):
    share = bytes(len(terms[0]))
    for term in reversed(terms):
        share = bytes(field_product(s, x) ^ t for s, t in zip(share, term))
    return share


def field_quotient(a, b):
    return next(c for c in range(256) if field_product(c, b) == a)


def shamir_secret(points):
    """The value at zero of the polynomial through these (x, share)."""
    secret = bytes(len(points[0][1]))
    for x, share in points:
        weight = 1
        for other, _ in points:
            if other != x:
                weight = field_product(weight, field_quotient(other, other ^ x))
        secret = bytes(s ^ field_product(t, weight) for s, t in zip(secret, share))
    return secret


def sha256_of(*parts):
    return hashlib.sha256(length_prefixed(*parts)).digest()


def check_secagg_sum(vectors):
    sid = bytes.fromhex(vectors["sessionId"])
    members = [{name: bytes.fromhex(text) for name, text in member.items()} for member in vectors["members"]]
    derive = lambda secret, label, *numbers: HKDF(  # noqa: E731
        SHA256(), 32, sid, label + b"\0" + b"".join(struct.pack(">I", number) for number in numbers)
    ).derive(secret)
    pairs = {}
    for u, member in enumerate(members):
        assert public_key(member["maskSecretKey"]) == member["maskPublicKey"]
        assert derive(member["seed"], b"flsa/1/selfmask", u) == member["selfMaskKey"]
        assert sha256_of("tributary secagg seed v1", sid, member["seed"]) == member["seedCommitment"]
        for v, other in enumerate(members):
            if u != v:
                shared = X25519PrivateKey.from_private_bytes(member["maskSecretKey"]).exchange(
                    X25519PublicKey.from_public_bytes(other["maskPublicKey"])
                )
                pairs[u, v] = derive(shared, b"flsa/1/pairmask", min(u, v), max(u, v))
    for case in vectors["pairMaskKeys"]:
        u, v = case["members"]
        assert pairs[u, v].hex() == pairs[v, u].hex() == case["key"]
    for u, words in enumerate(vectors["inputs"]):
        masked = [word + mask for word, mask in zip(words, mask_words(members[u]["selfMaskKey"], len(words)))]
        for v in range(len(members)):
            if u != v:
                sign = 1 if u > v else -1
                masked = [word + sign * mask for word, mask in zip(masked, mask_words(pairs[u, v], len(words)))]
        masked = [word % 2**32 for word in masked]
        assert masked == vectors["masked"][u], u
        packed = sum((word % 2**26) << (26 * at) for at, word in enumerate(masked))
        assert packed.to_bytes(26 * len(masked) // 8, "little").hex() == vectors["packed"][u], u
    return len(members) + len(vectors["pairMaskKeys"])


def check_secagg_shares(vectors):
    sid = bytes.fromhex(vectors["sessionId"])
    shamir = vectors["shamir"]
    secret, coefficients = bytes.fromhex(shamir["secret"]), bytes.fromhex(shamir["coefficients"])
    terms = [secret] + [coefficients[at : at + len(secret)] for at in range(0, len(coefficients), len(secret))]
    assert len(terms) == shamir["threshold"]
    for at, share in enumerate(shamir["shares"]):
        assert shamir_share(terms, at + 1).hex() == share, at
    bundle = {name: bytes.fromhex(value) if isinstance(value, str) else value for name, value in vectors["bundle"].items()}
    ends = struct.pack(">II", bundle["from"], bundle["to"])
    shared = X25519PrivateKey.from_private_bytes(bundle["fromSecretKey"]).exchange(
        X25519PublicKey.from_public_bytes(bundle["toPublicKey"])
    )
    assert HKDF(SHA256(), 32, sid, b"flsa/1/channel\0" + ends).derive(shared) == bundle["key"]
    opened = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
        bundle["bundle"][24:],
        length_prefixed("tributary secagg bundle v1", sid, ends),
        bundle["bundle"][:24],
        bundle["key"],
    )
    assert opened == bytes([bundle["x"]]) + bundle["maskKeyShare"] + bundle["seedShare"]
    owner_and_x = struct.pack(">II", bundle["from"], bundle["x"])
    for kind, share, promised in (("mask-key", "maskKeyShare", "maskKeyShareDigest"), ("seed", "seedShare", "seedShareDigest")):
        assert sha256_of("tributary secagg share v1", sid, kind, owner_and_x, bundle[share]) == bundle[promised], kind
    implied = vectors["impliedShares"]
    assert (implied["from"], implied["to"]) == (bundle["from"], bundle["to"])
    derived = HKDF(SHA256(), 64, sid, length_prefixed("tributary secagg implied shares v1", ends)).derive(bundle["key"])
    assert derived.hex() == implied["maskKeyShare"] + implied["seedShare"]
    completed = vectors["completed"]
    given = [(share["x"], bytes.fromhex(share["y"])) for share in completed["given"]]
    for share in completed["shares"]:
        points = given + [(share["x"], bytes.fromhex(share["y"]))]
        assert shamir_secret(points).hex() == completed["secret"], share["x"]
    return len(shamir["shares"]) + 2 + len(completed["shares"])


def check_secagg_session(vectors):
    manifest, part, session = vectors["manifestDigest"], bytes.fromhex(vectors["seedPart"]), vectors["session"]
    assert digest(vectors["manifestJson"].encode()) == manifest
    assert json.loads(vectors["manifestJson"]) == vectors["manifest"]
    commitment = unbase64url(vectors["manifest"]["graph"]["seedCommitment"])
    assert sha256_of("tributary secagg graph seed v1", part) == commitment
    leaves = []
    for case in vectors["advertisements"]:
        advertisement = case["advertisement"]
        keys = [unbase64url(advertisement[name]) for name in ("identity", "channelKey", "maskKey", "nonce")]
        statement = sha256_of("tributary secagg advertisement v1", manifest, advertisement["client"], *keys)
        assert statement.hex() == case["statement"]
        signature = unbase64url(advertisement["signature"])
        Ed25519PublicKey.from_public_bytes(keys[0]).verify(signature, statement)
        leaves.append(sha256_of("tributary secagg member v1", statement, signature))
        assert leaves[-1].hex() == case["leaf"]
    roster = hashlib.sha256(b"".join(leaves)).digest()
    shape = struct.pack(">III", len(leaves), session["degree"], session["threshold"])
    sid = sha256_of("tributary secagg session v1", manifest, roster, part, shape)
    assert sid.hex() == session["id"]
    assert sha256_of("tributary secagg ring v1", part, roster).hex() == session["graphSeed"]
    everyone = struct.pack(f">{len(leaves)}I", *range(len(leaves)))
    survivors = struct.pack(f">{len(session['survivors'])}I", *session["survivors"])
    statement = sha256_of("tributary secagg survivors v1", sid, everyone, survivors)
    assert statement.hex() == session["survivorsStatement"]
    return len(leaves) + 4


def check_secagg(vectors):
    return check_secagg_sum(vectors) + check_secagg_shares(vectors) + check_secagg_session(vectors)


def exchange(folder):
    """Opens a fresh envelope of ours, and seals its plaintext reversed for us."""
    described = json.loads((folder / "from-typescript.json").read_text())
    secret_key, context = bytes.fromhex(described["secretKey"]), described["context"]
    plaintext = open_envelope((folder / "from-typescript.bin").read_bytes(), secret_key, context)
    assert digest(plaintext) == described["plaintextDigest"]
    random = nacl.bindings.randombytes
    (folder / "from-python.bin").write_bytes(
        seal(plaintext[::-1], public_key(secret_key), context, random(32), random(19))
    )


def main():
    folder = Path(sys.argv[1])
    read = lambda name: json.loads((folder / name).read_text())  # noqa: E731
    checked = {
        "envelope.json": check_envelopes(read("envelope.json")),
        "statements.json": check_statements(read("statements.json")),
        "primitives.json": check_primitives(read("primitives.json")),
        "secagg.json": check_secagg(read("secagg.json")),
    }
    if len(sys.argv) > 2:
        exchange(Path(sys.argv[2]))
    print(json.dumps(checked))


main()
