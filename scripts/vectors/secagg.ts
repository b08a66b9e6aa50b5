/** Known answers of secure aggregation: keys, masks, shares, bundles, statements, a graph and a whole small sum. */
import {
  deriveKey,
  encodeNonce,
  encodePublicKey,
  encodeSignature,
  fromHex,
  identityFromSeed,
  keyPairFromSecret,
  toHex,
  toUtf8,
} from '@tributary/protocols/crypto'
import { plainKernels } from '@tributary/protocols/kernels'
import {
  advertisementDigest,
  channelKey,
  completeShares,
  createGraph,
  graphSeedOf,
  impliedShares,
  Manifest,
  manifestDigest,
  packWords,
  pairMaskKey,
  pairSign,
  rosterLeaf,
  sealBundle,
  seedCommitment,
  seedPartCommitment,
  selfMaskKey,
  sessionIdOf,
  shareDigest,
  splitSecret,
  survivorsStatement,
} from '@tributary/protocols/secagg'
import { digestOf, hashOfDigest } from '@tributary/protocols/tensors'

const hash = (text: string): Uint8Array => hashOfDigest(digestOf(toUtf8(text)))
const hashOf = (prefix: string, member: number): Uint8Array =>
  hashOfDigest(digestOf(Uint8Array.from([...toUtf8(prefix), member])))

const INPUTS = [0, 1, 2].map((member) =>
  Uint32Array.from({ length: 8 }, (_, at) => (member === 2 && at === 0 ? -5 : 1_000 * (member + 1) + at)),
)

export const secaggVectors = () => {
  const sessionId = hash('flsa/1/test-session')
  const members = [0, 1, 2].map((member) => {
    const maskKey = keyPairFromSecret(hashOf('flsa/1/test/s_sk', member))
    const seed = hashOf('flsa/1/test/b', member)
    return {
      maskSecretKey: toHex(maskKey.secretKey),
      maskPublicKey: toHex(maskKey.publicKey),
      seed: toHex(seed),
      selfMaskKey: toHex(selfMaskKey(sessionId, seed, member)),
      seedCommitment: toHex(seedCommitment(sessionId, seed)),
    }
  })
  const pairKey = (a: number, b: number) =>
    pairMaskKey({
      sessionId,
      secretKey: fromHex(members[a]?.maskSecretKey ?? ''),
      peerPublicKey: fromHex(members[b]?.maskPublicKey ?? ''),
      members: [a, b],
    })
  const masked = INPUTS.map((input, member) => {
    const words = input.slice()
    plainKernels.chacha20Add(words, { key: fromHex(members[member]?.selfMaskKey ?? ''), sign: 1 })
    for (const other of [0, 1, 2])
      if (other !== member)
        plainKernels.chacha20Add(words, { key: pairKey(member, other), sign: pairSign(member, other) })
    return words
  })
  return {
    description:
      'Secure aggregation after FLSA-1. Byte strings are hex. Masks are ChaCha20 (RFC 8439) with a zero nonce and counter 0, read as little-endian uint32, added modulo 2^32; the higher member adds what the lower subtracts.',
    sessionId: toHex(sessionId),
    members,
    pairMaskKeys: [
      { members: [0, 1], key: toHex(pairKey(0, 1)) },
      { members: [0, 2], key: toHex(pairKey(2, 0)) },
      { members: [1, 2], key: toHex(pairKey(1, 2)) },
    ],
    inputs: INPUTS.map((words) => [...words]),
    masked: masked.map((words) => [...words]),
    packed: masked.map((words) => toHex(packWords(words, 26))),
    ...sharing(sessionId),
    ...terms(),
    rings: [
      { size: 10, degree: 4, seed: toHex(hash('ring 10')) },
      { size: 100, degree: 32, seed: toHex(hash('ring 100')) },
    ].map((ring) => {
      const graph = createGraph({ ...ring, seed: fromHex(ring.seed) })
      return { ...ring, holders: [0, 1, ring.size - 1].map((member) => graph.holders(member)) }
    }),
  }
}

const sharing = (sessionId: Uint8Array) => {
  const secret = hash('shared secret')
  const coefficients = deriveKey({ secret, salt: sessionId, info: toUtf8('coefficients'), length: 64 })
  const shares = splitSecret({ secret, shares: 5, threshold: 3, coefficients })
  const [from, to] = [keyPairFromSecret(hash('channel 4')), keyPairFromSecret(hash('channel 9'))]
  const key = channelKey({
    sessionId,
    secretKey: from.secretKey,
    peerPublicKey: to.publicKey,
    from: 4,
    to: 9,
  })
  const pair = { x: 2, maskKey: hash('mask key share'), seed: hash('seed share') }
  const nonce = hash('bundle nonce').subarray(0, 24)
  const implied = impliedShares({ sessionId, key, from: 4, to: 9, x: 2 })
  const given = [1, 2].map((x) => ({ x, y: hash(`share ${x}`) }))
  return {
    shamir: {
      secret: toHex(secret),
      coefficients: toHex(coefficients),
      threshold: 3,
      shares: shares.map(({ y }) => toHex(y)),
    },
    completed: {
      secret: toHex(secret),
      given: given.map(({ x, y }) => ({ x, y: toHex(y) })),
      shares: completeShares({ secret, given, xs: [3, 4, 5] }).map(({ x, y }) => ({ x, y: toHex(y) })),
    },
    impliedShares: { from: 4, to: 9, maskKeyShare: toHex(implied.maskKey), seedShare: toHex(implied.seed) },
    bundle: {
      from: 4,
      to: 9,
      fromSecretKey: toHex(from.secretKey),
      toPublicKey: toHex(to.publicKey),
      key: toHex(key),
      nonce: toHex(nonce),
      x: pair.x,
      maskKeyShare: toHex(pair.maskKey),
      seedShare: toHex(pair.seed),
      bundle: toHex(sealBundle(pair, { sessionId, key, nonce, from: 4, to: 9 })),
      maskKeyShareDigest: toHex(
        shareDigest({ sessionId, kind: 'mask-key', owner: 4, x: 2, share: pair.maskKey }),
      ),
      seedShareDigest: toHex(shareDigest({ sessionId, kind: 'seed', owner: 4, x: 2, share: pair.seed })),
    },
  }
}

/** A manifest, three advertisements, and the session that they make. */
const terms = () => {
  const seedPart = hash('seed part')
  const manifest = Manifest.parse({
    protocol: 'flsa/1',
    task: 'digits',
    round: 'digits.12',
    model: digestOf(toUtf8('model')),
    plan: digestOf(toUtf8('plan')),
    coordinator: encodePublicKey(identityFromSeed(hash('coordinator')).publicKey),
    audience: 'silo',
    cohort: { least: 3, most: 1_000 },
    graph: {
      adversary: 'lying',
      corrupt: 0.1,
      dropout: 0.1,
      seedCommitment: encodeNonce(seedPartCommitment(seedPart)),
    },
    unmasking: 'confirmed',
    vector: {
      bits: 26,
      maxWeight: 1_000,
      segments: [
        { name: 'delta', length: 8, bound: 0.5, averagedBy: 'examples' },
        { name: 'accuracy', length: 1, bound: 1, averagedBy: 'examples' },
      ],
    },
    privacy: { mechanism: 'none' },
  })
  const digest = manifestDigest(manifest)
  const advertisements = ['a', 'b', 'c'].map((name) => {
    const identity = identityFromSeed(hash(`identity ${name}`))
    const unsigned = {
      client: identity.clientId,
      identity: encodePublicKey(identity.publicKey),
      channelKey: encodePublicKey(keyPairFromSecret(hash(`channel ${name}`)).publicKey),
      maskKey: encodePublicKey(keyPairFromSecret(hash(`mask ${name}`)).publicKey),
      nonce: encodeNonce(hash(`nonce ${name}`)),
    }
    const statement = advertisementDigest(digest, unsigned)
    const advertisement = { ...unsigned, signature: encodeSignature(identity.sign(statement)) }
    return { advertisement, statement: toHex(statement), leaf: toHex(rosterLeaf(digest, advertisement)) }
  })
  advertisements.sort((a, b) => (a.advertisement.client < b.advertisement.client ? -1 : 1))
  const leaves = advertisements.map(({ leaf }) => fromHex(leaf))
  const session = { manifest: digest, leaves, seedPart, parameters: { degree: 2, threshold: 3 } }
  const sessionId = sessionIdOf(session)
  return {
    manifest,
    manifestJson: JSON.stringify(manifest),
    manifestDigest: digest,
    seedPart: toHex(seedPart),
    advertisements,
    session: {
      degree: 2,
      threshold: 3,
      id: toHex(sessionId),
      graphSeed: toHex(graphSeedOf(session)),
      survivors: [0, 2],
      survivorsStatement: toHex(survivorsStatement(sessionId, [0, 1, 2], [0, 2])),
    },
  }
}
