import { createOpener, keyPairFromSecret, seal } from '@tributary/protocols/crypto'
import { plainKernels } from '@tributary/protocols/kernels'
import { seededRandom } from '@tributary/protocols/runtime'
import { encodeSafetensors, type TensorManifest } from '@tributary/protocols/tensors'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../refusal.ts'
import { clientOf, digestOf, digits, digits3 } from '../round/round.builders.ts'
import { createUpdateReader } from './update-reader.ts'

const manifest: TensorManifest = [
  { name: 'w', shape: [2, 2], dtype: 'F32' },
  { name: 'b', shape: [2], dtype: 'F32' },
]
const keys = keyPairFromSecret(seededRandom('round').bytes(32))
const opener = createOpener(keys)
const context = { task: digits, round: digits3, client: clientOf(1), model: digestOf(7) }
const read = createUpdateReader(plainKernels.firstNonFinite)

const values = (at = 0, value = 0.5) => Float32Array.from({ length: 6 }, (_, i) => (i === at ? value : i))
const file = (tensors: TensorManifest, delta: Float32Array) => encodeSafetensors({ tensors, values: delta })
const sealed = (plaintext: Uint8Array, of = context) =>
  seal({ plaintext, recipient: keys.publicKey, context: of, random: seededRandom('seal') })
const readFile = (plaintext: Uint8Array) => read({ envelope: sealed(plaintext), opener, context, manifest })

describe('a received update', () => {
  test('is the delta that the client sealed, flat and in the order of the task’s tensors', () => {
    expect(readFile(file(manifest, values()))).toEqual(values())
  })

  test('is a view of the scratch space that is given for it, whatever that held', () => {
    const scratch = new Uint8Array(1_000).fill(255)
    const envelope = sealed(file(manifest, values()))
    const delta = read({ envelope, opener, context, manifest, scratch })
    if (isRefusal(delta)) throw new Error(delta.detail)
    expect([delta, delta.buffer === scratch.buffer]).toEqual([values(), true])
  })

  test.each<[string, TensorManifest, string, string]>([
    ['a tensor missing', manifest.slice(0, 1), 'b', 'missing'],
    ['a tensor more', [...manifest, { name: 'extra', shape: [], dtype: 'F32' }], 'extra', 'unexpected'],
    ['tensors in another order', manifest.toReversed(), 'w', 'name'],
    ['another shape', [{ name: 'w', shape: [4], dtype: 'F32' }, ...manifest.slice(1)], 'w', 'shape'],
  ])('[T6] with %s is refused, naming the tensor', (_, tensors, tensor, reason) => {
    const length = tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
    expect(readFile(file(tensors, new Float32Array(length)))).toEqual({
      refused: 'bad-tensors',
      detail: expect.stringContaining('send the delta of the model you were given'),
      about: { tensor, reason },
    })
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '[T6] that holds %d is refused, naming the place',
    (value) => {
      expect(readFile(file(manifest, values(5, value)))).toEqual({
        refused: 'bad-tensors',
        detail: 'tensor b holds NaN or infinity at index 1: the training diverged',
        about: { tensor: 'b', index: 1, reason: 'not-finite' },
      })
    },
  )

  test('[T6] that is no safetensors file, or of another element type, is refused with what is wrong', () => {
    expect(readFile(new TextEncoder().encode('not a file'))).toMatchObject({ refused: 'bad-tensors' })
    const integers: TensorManifest = [{ name: 'w', shape: [6], dtype: 'I32' }]
    expect(readFile(encodeSafetensors({ tensors: integers, values: new Int32Array(6) }))).toMatchObject({
      refused: 'bad-tensors',
      about: { reason: 'wrong-dtype' },
    })
  })

  test.each<[string, Partial<typeof context>]>([
    ['client', { client: clientOf(2) }],
    ['model', { model: digestOf(8) }],
  ])('[E3] that was sealed for another %s does not open', (_, other) => {
    const envelope = sealed(file(manifest, values()), { ...context, ...other })
    expect(read({ envelope, opener, context, manifest })).toEqual({
      refused: 'not-openable',
      detail: expect.stringContaining('does not open'),
      about: { reason: 'not-authentic' },
    })
  })

  test('[E5] that is cut or changed does not open, and the reason is told', () => {
    const envelope = sealed(file(manifest, values()))
    expect(read({ envelope: envelope.subarray(0, 60), opener, context, manifest })).toMatchObject({
      refused: 'not-openable',
      about: { reason: 'truncated' },
    })
    expect(
      read({ envelope: Uint8Array.of(2, ...envelope.subarray(1)), opener, context, manifest }),
    ).toMatchObject({
      refused: 'not-openable',
      about: { reason: 'version' },
    })
  })

  test('a bug in reading is no refusal', () => {
    const broken = createUpdateReader(() => {
      throw new RangeError('a bug')
    })
    const envelope = sealed(file(manifest, values()))
    expect(() => broken({ envelope, opener, context, manifest })).toThrow('a bug')
  })
})
