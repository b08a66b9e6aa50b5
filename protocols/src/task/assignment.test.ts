import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digestOf } from '../tensors/index.ts'
import { Assignment, assignmentOf, decodeAssignment, encodeAssignment } from './assignment.ts'
import { manifestOf } from './plain-model.ts'
import { TaskFile, type TaskFileInput } from './task-file.ts'
import { hasRoomForControl, updateManifestOf } from './update-manifest.ts'

describe('an assignment', () => {
  test('[T5] is its JSON with fields in the order of the schema, so equal assignments have equal digests', () => {
    const encoded = encodeAssignment(anAssignment())
    const reversed = reverseKeys(anAssignment()) as Assignment
    expect(new TextDecoder().decode(encoded)).toBe(
      '{"model":{"format":"custom","trainer":"linear","config":{"l2":0.5},' +
        '"tensors":[{"name":"w","shape":[2,3],"dtype":"F32","initializer":"zeros"}],' +
        '"initial":{"kind":"seeded","seed":1}},' +
        '"plan":{"epochs":1,"batchSize":10,"optimizer":{"name":"sgd","learningRate":0.1,"momentum":0},' +
        '"loss":"softmax-cross-entropy","proximal":0,"clipNorm":2}}',
    )
    expect(Object.keys(reversed)).toEqual(['plan', 'model'])
    expect(digestOf(encodeAssignment(reversed))).toBe(digestOf(encoded))
  })

  test('[T5] is read back as it was written, whatever the model’s own configuration', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (config) => {
        const { model, plan } = anAssignment()
        const assignment = Assignment.parse({ model: { ...model, config: withoutProto(config) }, plan })
        const read = decodeAssignment(encodeAssignment(assignment))
        expect(encodeAssignment(read)).toEqual(encodeAssignment(assignment))
        expect(read).toEqual(JSON.parse(JSON.stringify(assignment)))
      }),
    )
  })

  test('[T5] that is not one is refused, not guessed at', () => {
    const bytes = (text: string) => new TextEncoder().encode(text)
    expect(() => decodeAssignment(bytes('{"model"'))).toThrow(SyntaxError)
    expect(() => decodeAssignment(bytes('{"model":{},"plan":{}}'))).toThrow(/format/)
    expect(() => decodeAssignment(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(TypeError)
    expect(() => decodeAssignment(bytes(JSON.stringify({ ...anAssignment(), extra: 1 })))).toThrow(/extra/)
  })

  test('[T10] says what the strategy asks of clients, and of strategies that ask for nothing it is what it was', () => {
    const of = (
      strategy: TaskFileInput['strategy'],
      privacy: TaskFileInput['privacy'] = { mode: 'sealed' },
    ) =>
      assignmentOf(
        TaskFile.parse({
          id: 'digits',
          ...anAssignment(),
          cohort: { target: 9, quorum: 5 },
          strategy,
          privacy,
        }),
      )
    const secure = { mode: 'secure-aggregation', audience: 'demo' } as const
    for (const strategy of [{ name: 'fedavg' }, { name: 'krum', byzantine: 1 }, { name: 'fedadam' }] as const)
      expect(encodeAssignment(of(strategy))).toEqual(encodeAssignment(anAssignment()))
    expect(of({ name: 'fednova' }).strategy).toEqual({ name: 'fednova' })
    expect(of({ name: 'q-fedavg', lipschitz: 10 }).strategy).toEqual({ name: 'q-fedavg' })
    expect(of({ name: 'feddyn', population: 9, alpha: 0.5 }).strategy).toEqual({ name: 'feddyn', alpha: 0.5 })
    const scaffold = { name: 'scaffold', population: 9, controlRange: 4 } as const
    expect(of(scaffold).strategy).toEqual({ name: 'scaffold' })
    expect(of(scaffold, secure).strategy).toEqual({ name: 'scaffold', controlRange: 4 })
    expect(decodeAssignment(encodeAssignment(of(scaffold, secure)))).toEqual(of(scaffold, secure))
  })

  test('[T11] of SCAFFOLD has updates of twice the tensors, where their names are free', () => {
    const { model } = anAssignment()
    const names = (strategy?: { name: string }) =>
      updateManifestOf({ model, strategy }).map(({ name }) => name)
    expect(names()).toEqual(['w'])
    expect(names({ name: 'feddyn' })).toEqual(['w'])
    expect(names({ name: 'scaffold' })).toEqual(['w', 'control.w'])
    expect(hasRoomForControl(model)).toBe(true)
    const [w] = model.tensors
    if (!w) throw new Error('there is a tensor')
    expect(hasRoomForControl({ ...model, tensors: [w, { ...w, name: 'control.w' }] })).toBe(false)
  })

  test('describes the tensors that weights and deltas have, without their initializers', () => {
    expect(manifestOf(anAssignment().model)).toEqual([{ name: 'w', shape: [2, 3], dtype: 'F32' }])
  })
})

const anAssignment = (): Assignment =>
  Assignment.parse({
    model: {
      format: 'custom',
      trainer: 'linear',
      config: { l2: 0.5 },
      tensors: [{ name: 'w', shape: [2, 3], dtype: 'F32' }],
      initial: { kind: 'seeded', seed: 1 },
    },
    plan: {
      epochs: 1,
      batchSize: 10,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      loss: 'softmax-cross-entropy',
      clipNorm: 2,
    },
  })

/** The same value with the keys of every object the other way round. */
const reverseKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reverseKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reverseKeys(inner)]),
  )
}

/** Objects with a key `__proto__` do not survive JSON and object literals alike, and no trainer has use for one. */
const withoutProto = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, inner) => (key === '__proto__' ? undefined : inner))
