import { encodePublicKey } from '@tributary/protocols/crypto'
import { noiseOfPlan } from '@tributary/protocols/privacy'
import { seededRandom } from '@tributary/protocols/runtime'
import { noiseOfRound, noisePlanOf, promisedPrivacyOf } from '@tributary/protocols/secure-round'
import { expect, test } from 'vitest'
import { aSelecting, aTask } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { createSecureRounds } from './secure-round.ts'

test.each([32, 16])(
  'a round’s clients add the noise that it was charged with, however many of them were drawn (%d bits)',
  async (bits) => {
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
            clipping: { kind: 'fixed', clipNorm: 1 },
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
    for (const drawn of [30, 45, 60]) {
      const made = await secure(aSelecting(), drawn)
      const plan = made && noisePlanOf(made.manifest, task.file.model)
      if (!plan) throw new Error('its clients add noise')
      expect(noiseOfPlan(plan)).toEqual(noiseOfRound(task.file, spec))
    }
    await store.close()
  },
)
