import {
  deriveKey,
  fromHex,
  identityFromSeed,
  LowOrderKeyError,
  sharedSecret,
  toHex,
  tweetnaclSecretbox,
  verify,
} from '@tributary/protocols/crypto'
import { digestOf } from '@tributary/protocols/tensors'
import type * as z from 'zod'
import type { PrimitiveVectors } from '../../../vectors/vectors.ts'

type Vectors = z.infer<typeof PrimitiveVectors>

/** The known answers, from the questions alone. */
export const remakePrimitives = (vectors: Vectors): Vectors => ({
  description: vectors.description,
  x25519: vectors.x25519.map(({ source, secretKey, publicKey }) => ({
    source,
    secretKey,
    publicKey,
    shared: toHex(sharedSecret(fromHex(secretKey), fromHex(publicKey))),
  })),
  x25519Iterated: { source: vectors.x25519Iterated.source, ...iterated() },
  x25519LowOrder: vectors.x25519LowOrder.filter(isRefused),
  ed25519: vectors.ed25519.map(({ source, seed, message }) => {
    const identity = identityFromSeed(fromHex(seed))
    const signature = identity.sign(fromHex(message))
    if (!verify(identity.publicKey, fromHex(message), signature))
      throw new Error(`${source}: it does not verify`)
    return { source, seed, message, publicKey: toHex(identity.publicKey), signature: toHex(signature) }
  }),
  hkdfSha256: vectors.hkdfSha256.map(({ source, secret, salt, info, length }) => {
    const key = deriveKey({ secret: fromHex(secret), salt: fromHex(salt), info: fromHex(info), length })
    return { source, secret, salt, info, length, key: toHex(key) }
  }),
  secretbox: vectors.secretbox.map(({ source, key, nonce, plaintext }) => {
    const box = tweetnaclSecretbox.seal(fromHex(key), fromHex(nonce), fromHex(plaintext))
    const opened = tweetnaclSecretbox.open(fromHex(key), fromHex(nonce), box)
    if (!opened) throw new Error(`${source}: its box does not open`)
    return { source, key, nonce, plaintext: toHex(opened), box: toHex(box) }
  }),
  sha256: vectors.sha256.map(({ source, message }) => ({
    source,
    message,
    hash: digestOf(fromHex(message)).slice('sha256:'.length),
  })),
})

/** RFC 7748, section 5.2. */
const iterated = () => {
  const nine = fromHex(`09${'00'.repeat(31)}`)
  let [k, u] = [nine, nine]
  let once = ''
  for (let times = 1; times <= 1_000; times++) {
    ;[k, u] = [sharedSecret(k, u), k]
    if (times === 1) once = toHex(k)
  }
  return { once, thousandTimes: toHex(k) }
}

const isRefused = (publicKey: string): boolean => {
  try {
    sharedSecret(new Uint8Array(32).fill(7), fromHex(publicKey))
    return false
  } catch (error) {
    return error instanceof LowOrderKeyError
  }
}
