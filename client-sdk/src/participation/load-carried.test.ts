import { Digest, ModelVersion } from '@tributary/protocols'
import { Assignment } from '@tributary/protocols/task'
import { digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import { describe, expect, test } from 'vitest'
import { loadCarried } from './load-carried.ts'
import { anAssignment } from './participant.builders.ts'

const since = ModelVersion.parse(3)
const session = { token: 'a-session-of-this-test', expiresAt: 1 }

const c = (values: number[], name = 'c') =>
  encodeSafetensors({
    tensors: [{ name, shape: [values.length], dtype: 'F32' }],
    values: Float32Array.from(values),
  })

/** What a client makes of a control variate of these bytes. */
const carried = async (
  name: string | undefined,
  bytes: Uint8Array | undefined,
  invitation: Parameters<typeof loadCarried>[1]['invitation'] = {
    carried: { since, ...(bytes && { control: { digest: digestOf(bytes), bytes: bytes.length } }) },
  },
) => {
  const fetched: Digest[] = []
  const strategy = name === undefined ? undefined : { name, ...(name === 'feddyn' && { alpha: 1 }) }
  const model = {
    version: ModelVersion.parse(4),
    digest: Digest.parse(`sha256:${'0d'.repeat(32)}`),
    assignment: Assignment.parse({ ...anAssignment(), strategy }),
    weights: new Float32Array(4),
  }
  const answer = await loadCarried(
    async ({ digest }) => {
      fetched.push(digest)
      return bytes ? { kind: 'received', bytes } : { kind: 'refused', detail: 'not-found' }
    },
    { invitation, model },
    session,
    new AbortController().signal,
  )
  return { answer, fetched }
}

describe('[S6] what an invitation carries', () => {
  test('is SCAFFOLD’s c, by its digest, and zero where there is none', async () => {
    const bytes = c([1, 2, 3, 4])
    expect(await carried('scaffold', bytes)).toEqual({
      answer: { kind: 'loaded', carried: { since, control: Float32Array.of(1, 2, 3, 4) } },
      fetched: [digestOf(bytes)],
    })
    expect((await carried('scaffold', undefined)).answer).toEqual({
      kind: 'loaded',
      carried: { since, control: undefined },
    })
  })

  test('is nothing to fetch for other strategies', async () => {
    expect(await carried('feddyn', c([1, 2, 3, 4]))).toMatchObject({
      answer: { carried: { since } },
      fetched: [],
    })
    for (const name of ['fednova', undefined])
      expect(await carried(name, undefined, {})).toEqual({ answer: { kind: 'loaded' }, fetched: [] })
  })

  test.each([
    ['missing', undefined, {}, /scaffold, and the invitation does not say what it carries/],
    ['of another length', c([1, 2, 3]), undefined, /not one of the model/],
    ['of another name', c([1, 2, 3, 4], 'h'), undefined, /not one of the model/],
    ['not finite', c([1, 2, Number.NaN, 4]), undefined, /not finite/],
    ['no file', Uint8Array.of(1, 2), undefined, /cannot be read/],
  ])('that is %s is refused', async (_, bytes, invitation, why) => {
    expect((await carried('scaffold', bytes, invitation)).answer).toEqual({
      kind: 'refused',
      detail: expect.stringMatching(why),
    })
  })
})
