import { FrozenPart } from '@tributary/protocols/task'
import { digestOf, encodeSafetensors, type TensorManifest } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import { loadFrozen } from './load-frozen.ts'

const session = { token: 'a-session-token-that-is-long', expiresAt: 9e12 }
const never = new AbortController().signal
const tensor = (name: string, shape: number[]) => ({ name, shape, dtype: 'F32' as const })
const fileOf = (tensors: TensorManifest, values: number[]) =>
  encodeSafetensors({ tensors, values: Float32Array.from(values) })

/** A part that is [a; b], referred to by the digest of whatever file there is. */
const loaded = (bytes: Uint8Array) =>
  loadFrozen(
    async () => ({ kind: 'received', bytes }),
    FrozenPart.parse({
      weights: { digest: digestOf(bytes), bytes: bytes.length },
      tensors: [tensor('base/a', [2]), tensor('base/b', [1])],
    }),
    session,
    never,
  )

test('[T18] a frozen part is its tensors in the order of the task, in whichever the file has them', async () => {
  const turned = fileOf([tensor('base/b', [1]), tensor('base/a', [2])], [3, 1, 2])
  expect(await loaded(turned)).toMatchObject({ kind: 'loaded', values: Float32Array.of(1, 2, 3) })
})

test.each([
  ['another shape', fileOf([tensor('base/a', [1, 2]), tensor('base/b', [1])], [1, 2, 3])],
  ['another tensor', fileOf([tensor('base/a', [2]), tensor('base/c', [1])], [1, 2, 3])],
  ['one tensor less', fileOf([tensor('base/a', [2])], [1, 2])],
  ['one tensor more', fileOf([tensor('base/a', [2]), tensor('base/b', [1]), tensor('c', [1])], [1, 2, 3, 4])],
])('[T18] a file with %s is not the part, whatever its digest', async (_, bytes) => {
  expect(await loaded(bytes)).toMatchObject({
    kind: 'refused',
    detail: expect.stringContaining('the frozen weights are not those of the model'),
  })
})

test('[T18] a part that does not come is asked for again', async () => {
  const weights = { digest: digestOf(new Uint8Array(1)), bytes: 1 }
  const part = FrozenPart.parse({ weights, tensors: [tensor('base/a', [1])] })
  expect(await loadFrozen(async () => ({ kind: 'interrupted' }), part, session, never)).toEqual({
    kind: 'interrupted',
  })
})
