import { expect, test } from 'vitest'
import { Manifest } from './manifest.ts'
import { aManifest } from './session.builders.ts'

test.each(['', '..', '.3', 'digits', 'A B.1', '\u0000.1', 'other.1'])(
  'a manifest of round %j is refused, and nothing is thrown',
  (round) => {
    expect(Manifest.safeParse({ ...aManifest(6), round }).success).toBe(false)
    expect(Manifest.safeParse({ ...aManifest(6), refines: round }).success).toBe(false)
  },
)
