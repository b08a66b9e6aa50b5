import { unreachable } from '@tributary/protocols'
import { epochsOf, type Fate, type Population } from '../population/index.ts'
import type { Loss, VirtualDevice } from './virtual-device.ts'

/**
 * A client of a population in a world.
 * @param work Epochs that the plan asks for, and milliseconds that one of them takes in a round on a machine of speed 1.
 */
export const populationDevice = (
  population: Population,
  client: number,
  { epochs, epochMs }: { epochs: number; epochMs(round: number): number },
): VirtualDevice => {
  const trainMs = (round: number): number => {
    const fate = population.fateOf(client, round)
    const slowdown = fate.kind === 'straggles' ? fate.slowdown : 1
    return Math.max(
      1,
      Math.round(slowdown * population.trainMs(client, epochsOf(fate, epochs) * epochMs(round))),
    )
  }
  return {
    isThere: (at) => population.isAvailable(client, at),
    nextChange: (at) => population.nextChange(client, at),
    trainMs,
    downloadMs: (bytes, round) => population.downloadMs(client, bytes, round),
    uploadMs: (bytes, round) => population.uploadMs(client, bytes, round),
    lossIn: (round) => lossOf(population.fateOf(client, round), trainMs(round)),
  }
}

const lossOf = (fate: Fate, trainMs: number): Loss | undefined => {
  switch (fate.kind) {
    case 'trains':
    case 'straggles':
      return undefined
    case 'crashes':
      return { afterMs: fate.fraction * trainMs, downMs: fate.downMs }
    case 'drops':
      return { afterMs: partDone(fate) * trainMs, downMs: undefined }
    default:
      return unreachable(fate)
  }
}

const partDone = (fate: Extract<Fate, { kind: 'drops' }>): number => {
  switch (fate.step) {
    case 'before-training':
      return 0
    case 'during-training':
      return fate.fraction
    case 'after-training':
      return 1
    default:
      return unreachable(fate)
  }
}
