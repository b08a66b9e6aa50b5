import { encodePublicKey } from '@tributary/protocols/crypto'
import { noiseOfPlan } from '@tributary/protocols/privacy'
import { seededRandom } from '@tributary/protocols/runtime'
import { noiseOfRound, noisePlanOf, promisedPrivacyOf } from '@tributary/protocols/secure-round'
import { expect, test } from 'vitest'
import { aSelecting, aTask } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { createSecureRounds } from './secure-round.ts'

test.each([
  [32, { kind: 'fixed', clipNorm: 1 }],
  [16, { kind: 'fixed', clipNorm: 1 }],
  [32, { kind: 'adaptive', clipNorm: 0.3, countNoise: 3 }],
  [18, { kind: 'adaptive', clipNorm: 0.3, countNoise: 3 }],
] as const)(
  'a round’s clients add the noise that it was charged with, however many of them were drawn (%d bits, %o)',
  async (bits, clipping) => {
    const task = aTask('digits', {
      file: {
        cohort: { target: 40, quorum: 30, overSelection: 1.5 },
        privacy: {
          mode: 'secure-aggregation',
          audience: 'demo',
          bits,
          differentialPrivacy: {
            mechanism: 'distributed',
            budget: { epsilon: 50, delta: 1e-5 },
            participation: { most: 3 },
            noiseMultiplier: 2,
            clipping,
          },
        },
      },
    })
    const store = await openSqliteStore({ path: ':memory:' })
    await store.commit([{ kind: 'insert-task', task }])
    const coordinator = encodePublicKey(new Uint8Array(32).fill(9))
    const secure = createSecureRounds({ store, random: seededRandom('seed parts'), coordinator })
    const spec = promisedPrivacyOf(task.file)
    if (!spec) throw new Error('the task promises privacy')
    // Noise in grid steps is the same whatever the round's norm.
    for (const [drawn, clip] of [
      [30, 0.3],
      [45, 0.271828],
      [60, 31.4159],
    ] as const) {
      const [made] =
        (await secure(clipping.kind === 'fixed' ? aSelecting() : { ...aSelecting(), clip }, drawn)) ?? []
      const plan = made && noisePlanOf(made.manifest, task.file)
      if (!plan) throw new Error('its clients add noise')
      if (clipping.kind === 'adaptive') expect(made.manifest.privacy).toMatchObject({ maxNorm: clip })
      expect(noiseOfPlan(plan)).toEqual(noiseOfRound(task.file, spec))
    }
    await store.close()
  },
)
