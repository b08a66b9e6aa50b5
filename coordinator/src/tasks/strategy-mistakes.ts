import { largestLevel } from '@tributary/protocols/secagg'
import { promisedPrivacyOf } from '@tributary/protocols/secure-round'
import {
  CONTROL_PREFIX,
  carriedByClients,
  hasRoomForControl,
  manifestOf,
  secureGroupsOf,
  type TaskFile,
  travelling,
} from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'
import type { Mistake } from '../refusal.ts'
import { strategyOf } from '../strategies/registry.ts'

/** Bytes of deltas that an aggregation may hold at once: those of 100 clients and ten million parameters. */
const MOST_HEAP_BYTES = 4_000_000_000

const OF_MEANS = 'a strategy that needs only a mean (fedavg, fedavgm, fedadam, fedyogi, fedadagrad)'

/** Why no round of this task could ever be aggregated by its strategy. */
export const strategyMistakes = (file: TaskFile): Mistake[] => {
  const { cohort, privacy } = file
  const { name } = file.strategy
  const strategy = strategyOf(file.strategy)
  const mistakes: Mistake[] = []
  const seesEach = strategy.kind === 'heap' || strategy.takes === 'updates'
  const at = (path: string, message: string) => void mistakes.push({ path, message })

  if (cohort.quorum < strategy.least)
    at(
      'cohort.quorum',
      `${name} as it is set says nothing of fewer than ${strategy.least} updates: raise quorum to ${strategy.least}, or ask less of the strategy`,
    )
  if (seesEach && privacy.mode === 'secure-aggregation') {
    const { groups, most } = secureGroupsOf(cohort, privacy)
    const means = Math.ceil(cohort.quorum / most)
    if (strategy.needs.length > 0 || groups < 2)
      at(
        'strategy.name',
        `${name} looks at each update, which secure aggregation hides: choose ${OF_MEANS}, or privacy.mode sealed${
          strategy.needs.length > 0
            ? ''
            : ', or a privacy.groupSize of half the cohort or less, so that it sees the means of groups'
        }`,
      )
    else if (means < strategy.least)
      at(
        'privacy.groupSize',
        `${name} as it is set says nothing of fewer than ${strategy.least} means, and the quorum may be ${means} groups: make them smaller`,
      )
  }
  if (name === 'rfa') mistakes.push(...refiningMistakes(file))
  const mechanism = promisedPrivacyOf(file)?.mechanism
  if (seesEach && (mechanism === 'central' || mechanism === 'dp-ftrl'))
    at(
      'strategy.name',
      `${name} looks at each update, and ${mechanism} noise is on their sum: choose ${OF_MEANS}, or local noise`,
    )
  if (mechanism && carriedByClients(file.strategy))
    at(
      'strategy.name',
      `${name} corrects by what clients have sent as they computed it, and ${mechanism} noise changes that: choose ${OF_MEANS}`,
    )
  else if (mechanism === 'local' && strategy.needs.length > 0)
    at(
      'strategy.name',
      `${name} needs what clients claim beside their deltas, and those claims are under no noise: choose ${OF_MEANS}`,
    )
  mistakes.push(...planMistakes(file))
  const bytes = 4 * cohort.target * totalElements(manifestOf(travelling(file).model))
  if (strategy.kind === 'heap' && bytes > MOST_HEAP_BYTES)
    at(
      'cohort.target',
      `${name} holds all updates at once, ${Math.ceil(bytes / 1e9)} GB of at most ${MOST_HEAP_BYTES / 1e9}: choose a smaller cohort, or norm-bounding, which does not`,
    )
  return mistakes
}

/** Levels of the largest weight below which distances of a few thousand times ν could not be told apart. */
const LEAST_WEIGHT_LEVELS = 65_536

/** Why what clients trained cannot be summed again and again in this task. */
const refiningMistakes = (file: TaskFile): Mistake[] => {
  const { cohort, privacy } = file
  if (privacy.mode !== 'secure-aggregation')
    return [
      {
        path: 'strategy.name',
        message:
          'rfa is the geometric median for updates that nobody sees, in several rounds: choose geometric-median, which does it in one, or privacy.mode secure-aggregation',
      },
    ]
  const { groups, most } = secureGroupsOf(cohort, privacy)
  const mistakes: Mistake[] = []
  if (promisedPrivacyOf(file))
    mistakes.push({
      path: 'privacy.differentialPrivacy',
      message:
        'rfa sums what one training made several times, and a round is charged for one sum: leave the promise out, or choose another strategy',
    })
  if (groups > 1)
    mistakes.push({
      path: 'privacy.groupSize',
      message:
        'rfa sums the same clients several times, and groups are drawn anew each time, so that two sums would differ by a few clients: make a cohort one group, or choose geometric-median, which takes the means of groups',
    })
  if (typeof privacy.range === 'object')
    mistakes.push({
      path: 'privacy.range',
      message: 'rfa sums the same values several times: give a range that is fixed',
    })
  if (largestLevel(privacy.bits, most) < LEAST_WEIGHT_LEVELS)
    mistakes.push({
      path: 'privacy.bits',
      message: `rfa weighs clients by distance, and ${privacy.bits} bits over ${most} clients leave weights fewer than ${LEAST_WEIGHT_LEVELS} levels: choose more bits`,
    })
  return mistakes
}

/** What the plan and the model say that a strategy's clients could not train by. */
const planMistakes = ({ strategy, plan, model, personalization }: TaskFile): Mistake[] => {
  const mistakes: Mistake[] = []
  const { name } = strategy
  const { optimizer, proximal } = plan
  // SCAFFOLD's clients take (received − trained) / (steps × learning rate) for their mean gradient: true of plain descent alone.
  if (name === 'scaffold' && (optimizer.name !== 'sgd' || optimizer.momentum !== 0))
    mistakes.push({
      path: 'plan.optimizer',
      message:
        'scaffold reads gradients from where plain gradient descent has led: choose sgd without momentum',
    })
  if (carriedByClients(strategy) && proximal > 0)
    mistakes.push({
      path: 'plan.proximal',
      message: `${name} has a correction of its own, which a proximal term would pull at: leave it out`,
    })
  if (carriedByClients(strategy) && personalization && personalization.kind !== 'ditto')
    mistakes.push({
      path: 'personalization.kind',
      message: `${name} corrects the gradients of all that is trained by what clients sent, and they do not send what is their own: choose ditto, or another strategy`,
    })
  if (name === 'scaffold' && !hasRoomForControl(model))
    mistakes.push({
      path: 'model.tensors',
      message: `with scaffold an update has twice the tensors, the others named ${CONTROL_PREFIX} and the tensor’s name: leave them names and places`,
    })
  return mistakes
}
