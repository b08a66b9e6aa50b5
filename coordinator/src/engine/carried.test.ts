import { Digest, ModelVersion, RoundId } from '@tributary/protocols'
import { StrategySpec } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import type { ModelRecord } from '../ports/records.ts'
import { carriedFrom } from './carried.ts'

const strategy = (name: string) => ({ strategy: StrategySpec.parse({ name, population: 9 }) })
const version = (number: number) => ModelVersion.parse(number)
const control = { digest: Digest.parse(`sha256:${'c0'.repeat(32)}`), bytes: 96 }

const ofRound = (state?: {
  since?: ModelVersion
  vectors?: typeof control
}): Pick<ModelRecord, 'version' | 'origin'> => ({
  version: version(5),
  origin: {
    kind: 'round',
    round: RoundId.parse('digits.4'),
    examples: 1,
    metrics: {},
    ...(state && { state: { numbers: {}, ...state } }),
  },
})

describe('[R29] what a round carries to clients that keep a vector', () => {
  test('is since when, and of SCAFFOLD where c lies', () => {
    const base = ofRound({ since: version(2), vectors: control })
    expect(carriedFrom(strategy('scaffold'), base)).toEqual({ since: 2, control })
    expect(carriedFrom(strategy('feddyn'), base)).toEqual({ since: 2 })
  })

  test('begins anew from a version without state: the first, an imported one, one rolled back to', () => {
    expect(
      carriedFrom(strategy('scaffold'), { version: version(1), origin: { kind: 'initial', seed: 7 } }),
    ).toEqual({ since: 1 })
    expect(
      carriedFrom(strategy('scaffold'), {
        version: version(6),
        origin: { kind: 'rollback', to: version(2), reason: 'worse' },
      }),
    ).toEqual({ since: 6 })
  })

  test('is nothing where clients keep none', () => {
    const other = { strategy: StrategySpec.parse({ name: 'fedadam' }) }
    expect(carriedFrom(other, ofRound({ vectors: control }))).toBeUndefined()
  })
})
