import { promisedPrivacyOf } from '@tributary/protocols/secure-round'
import { carriedByClients, secureGroupsOf, type TaskFile } from '@tributary/protocols/task'
import type { Mistake } from '../refusal.ts'
import { strategyOf } from '../strategies/registry.ts'

const OF_MEANS = 'a strategy that needs only a mean (fedavg, fedavgm, fedadam, fedyogi, fedadagrad)'

/** Why this task's updates could not be made smaller as it says and still come to what it promises. */
export const compressionMistakes = (file: TaskFile): Mistake[] => {
  const { compression, strategy } = file
  if (!compression) return []
  const { rotation, sparsify, bits } = compression
  if (!rotation && !sparsify && !bits)
    return [
      {
        path: 'compression',
        message: 'it names no stage: give rotation, sparsify or bits, or leave compression out',
      },
    ]
  if (carriedByClients(strategy))
    return [
      {
        path: 'compression',
        message: `clients of ${strategy.name} carry on what they have sent as they computed it, and compression changes that: leave it out, or choose another strategy`,
      },
    ]
  if (strategy.name === 'rfa')
    return [
      {
        path: 'compression',
        message:
          'rfa sums what clients trained again, weighed by distances that compression changes: leave it out, or choose another strategy',
      },
    ]
  const mistakes = [...rotationMistakes(file), ...bitsMistakes(file)]
  if (sparsify?.kind === 'top-k') mistakes.push(...topMistakes(file))
  if (sparsify?.kind === 'random-k') mistakes.push(...randomMistakes(file, sparsify))
  return mistakes
}

const rotationMistakes = ({ compression, privacy }: TaskFile): Mistake[] => {
  const { rotation, sparsify, bits } = compression ?? {}
  const at = (message: string) => [{ path: 'compression.rotation', message }]
  if (!rotation) return []
  if (sparsify?.kind === 'top-k')
    return at('rotated values are all alike, and top-k looks for the largest: leave one of the two out')
  if (sparsify || bits) return []
  if (privacy.mode === 'sealed')
    return at('rotated values are no fewer and no smaller by themselves: give bits or sparsify too')
  return privacy.differentialPrivacy?.mechanism === 'distributed'
    ? at('noise in shares is added to rotated values as it is: leave rotation out, or give sparsify too')
    : []
}

const bitsMistakes = ({ compression, cohort, privacy }: TaskFile): Mistake[] => {
  if (!compression?.bits || privacy.mode === 'sealed') return []
  // A sign, and seven bits of so many clients' levels.
  const needed = 8 + Math.ceil(Math.log2(secureGroupsOf(cohort, privacy).most))
  return [
    {
      path: 'compression.bits',
      message: `masked values are levels that all clients share: leave bits out, and set privacy.bits to ${needed} for as many as eight bits of each client’s`,
    },
  ]
}

const topMistakes = (file: TaskFile): Mistake[] => {
  const { privacy, strategy } = file
  const at = (message: string) => [{ path: 'compression.sparsify.kind', message }]
  if (privacy.mode === 'secure-aggregation')
    return at(
      'each client’s largest values are at places of its own, which no sum adds up: choose random-k, or privacy.mode sealed',
    )
  const promised = promisedPrivacyOf(file)
  if (promised)
    return at(
      `which values are the largest is under no noise, and what was left out comes beyond the norm: under ${promised.mechanism} noise choose bits${promised.mechanism === 'local' ? ' or random-k' : ''}`,
    )
  const { name } = strategy
  return looksAtEach(file)
    ? at(
        `${name} looks at each update, and what top-k leaves of two clients’ is at different places: choose ${OF_MEANS}, or random-k`,
      )
    : []
}

const randomMistakes = (file: TaskFile, { rescale }: { rescale: boolean }): Mistake[] => {
  const mistakes: Mistake[] = []
  const mechanism = promisedPrivacyOf(file)?.mechanism
  if (rescale && (mechanism === 'central' || mechanism === 'dp-ftrl'))
    mistakes.push({
      path: 'compression.sparsify.rescale',
      message: `the coordinator clips what it opens, and rescaled updates are longer than the norm: under ${mechanism} noise set rescale to false and raise strategy.serverLearningRate, or choose bits`,
    })
  if (file.strategy.name === 'q-fedavg')
    mistakes.push({
      path: 'compression.sparsify.kind',
      message:
        'q-fedavg divides by the lengths of deltas, which random-k changes: choose bits, or another strategy',
    })
  return mistakes
}

const looksAtEach = (file: TaskFile): boolean => {
  const strategy = strategyOf(file.strategy)
  return strategy.kind === 'heap' || strategy.takes === 'updates'
}
