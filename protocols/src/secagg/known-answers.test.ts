/**
 * FLSA-1's known answers, computed outside this repository by a reference in pure Python and by OpenSSL, which agree.
 * Masks are held against both kernels.
 */
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../crypto/encoding.ts'
import { keyPairFromSecret } from '../crypto/key-agreement.ts'
import { loadKernels, plainKernels } from '../kernels/index.ts'
import { pairMaskKey, selfMaskKey } from './keys.ts'
import { type MaskItem, maskVector, pairSign } from './mask-items.ts'
import { unpackWords } from './packing.ts'
import { maskOfJob } from './server/recover-masks.ts'

const sessionId = fromHex('6cf91c09dd464b644d5a5df3c6e060abeebf1ce484fe5b03d8cfb49fa84a9a0e')
const maskSecrets = [
  '2c09724dc6d0304f0fdafc2e898c7e74b65e9dae3db3404ced4c244d963113b4',
  '18dc46329c884bd711b74d2964e92242a13f481b572cdb0c22713cc350b08ac4',
  'b0bbd5664d4936404933902d812083c12824c930463e720294467022b6f58464',
].map(fromHex)
const maskPublicKeys = [
  'b6ad0bc68c776b8e32da6e095a4149ee23dc6a8f5de193a03281873cf7e9f463',
  '1d095481f084309d26d1cb8a15ded5c53c6ebf9aec0624b48f0b10c423827141',
  'de929cf1b52b35d938667bca5f3c1004a230bb3dd31e8b5e8475950886c29f73',
]
const seeds = [
  'c4cefa725423a132b1fb77277accbb433b24d0eb5f0c953ecb38f724cea19fca',
  'a1ae678ef85e499fe42103fe89cfd156175a2922bd4891799f051ec4352b4b8e',
  '6e559aa16e3b2029d412ac626b2ebef477622f9b4771a94204cd3f3e1ad74669',
].map(fromHex)
const selfKeys = [
  'd1449fc5355425b387c8c7f253f08cb74eb55d0ed27ed3804d8c8ca41241e745',
  '2eb6efde1d37f23c78078c5b3640d7569847b5d3818484f3ce8eda2da0ede619',
  'a1e526896790bd668255731987abcf960802e6e26390a284637697b219929cd9',
]
const pairKeys = [
  '5e56c4be8148c3c0efd5741f2405882caa0ee3b3fb3c25375bbf1b2fcf0c7d32',
  '09085ddd5ce9952eb9a3592b2c725196ab7c51ecada76ebf6156dca7f08df089',
  'a471867a80a02c9362554ab13e05a5ac9018aba8081468e87746b068709dbe23',
]
const inputs = [
  [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007],
  [2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007],
  [4294967291, 3001, 3002, 3003, 3004, 3005, 3006, 3007],
]
const masked = [
  [2715702522, 290692883, 3902411383, 2998859054, 4282268311, 3836327442, 3387919671, 3919433593],
  [2265874908, 2347764802, 400990342, 1817996234, 3279368031, 654830175, 3902996878, 3128342815],
  [3137337966, 3116697562, 4073249958, 2881482701, 2229466261, 2974408825, 2695466788, 182951174],
]
const sumOf02 = [995, 4002, 4004, 4006, 4008, 4010, 4012, 4014]
const sumOfAll = [2995, 6003, 6006, 6009, 6012, 6015, 6018, 6021]

const at = <T>(list: readonly T[], index: number): T => list[index] ?? expect.fail(`nothing at ${index}`)
const pairKey = (a: number, b: number) =>
  pairMaskKey({
    sessionId,
    secretKey: at(maskSecrets, a),
    peerPublicKey: fromHex(at(maskPublicKeys, b)),
    members: [a, b],
  })
const itemsOf = (member: number): MaskItem[] => [
  { key: selfMaskKey(sessionId, at(seeds, member), member), sign: 1 },
  ...[0, 1, 2]
    .filter((other) => other !== member)
    .map((other): MaskItem => ({ key: pairKey(member, other), sign: pairSign(member, other) })),
]

test('[M5] keys are those of the reference, from either end of a pair', () => {
  expect(maskSecrets.map((secret) => toHex(keyPairFromSecret(secret).publicKey))).toEqual(maskPublicKeys)
  expect(seeds.map((seed, member) => toHex(selfMaskKey(sessionId, seed, member)))).toEqual(selfKeys)
  expect([pairKey(0, 1), pairKey(0, 2), pairKey(1, 2)].map(toHex)).toEqual(pairKeys)
  expect([pairKey(1, 0), pairKey(2, 0), pairKey(2, 1)].map(toHex)).toEqual(pairKeys)
})

describe.each([await loadKernels(), plainKernels])('by the $name kernels', (kernels) => {
  const maskedBy = (member: number) => {
    const words = Uint32Array.from(at(inputs, member))
    const packed = maskVector({ words, items: itemsOf(member), bits: 32, kernels })
    return unpackWords(packed, 8, 32) ?? expect.fail('it does not unpack')
  }

  test('[M6] masked vectors are those of the reference', () => {
    expect([0, 1, 2].map((member) => [...maskedBy(member)])).toEqual(masked)
  })

  test('[M6] the sum is the survivors’, with member 1 and without it', () => {
    const self = (member: number) => maskOfJob(sessionId, { kind: 'self', member, seed: at(seeds, member) })
    const pair = (survivor: number) =>
      maskOfJob(sessionId, {
        kind: 'pair',
        survivor,
        dropped: 1,
        secretKey: at(maskSecrets, 1),
        peerPublicKey: fromHex(at(maskPublicKeys, survivor)),
      })
    const sumOf = (survivors: number[], masks: MaskItem[]) => {
      const sum = new Uint32Array(8)
      for (const member of survivors) kernels.addMod32(sum, maskedBy(member))
      for (const mask of masks) kernels.chacha20Add(sum, mask)
      return [...sum]
    }
    expect(sumOf([0, 1, 2], [self(0), self(1), self(2)])).toEqual(sumOfAll)
    expect(sumOf([0, 2], [self(0), self(2), pair(0), pair(2)])).toEqual(sumOf02)
  })
})
