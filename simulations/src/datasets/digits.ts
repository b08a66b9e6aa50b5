import { sample, seededRandom } from '@tributary/protocols/runtime'
import { DEFAULT_DATA_FOLDER, findMnist } from './data-folder.ts'
import { DatasetError } from './dataset-error.ts'
import type { DigitPopulation } from './digit-set.ts'
import { generateWriters } from './handwriting.ts'
import { loadMnistWriters } from './mnist-writers.ts'

export type DigitsOptions = {
  /** A folder with `mnist/` and `qmnist-writers/`; default `../shared/data` beside the repository. */
  readonly data?: string | undefined
  /** `auto`: MNIST when the folder has it, else generated handwriting. A folder that is named must have it. */
  readonly dataset: 'auto' | 'mnist' | 'handwriting'
  /** Writers who train, each a client. */
  readonly clients: number
  /** Decides which writers of MNIST are chosen, or what the generated ones are like. */
  readonly seed: string | number
}

export type Digits = DigitPopulation & {
  readonly source: 'mnist-writers' | 'handwriting'
  /** One plain sentence: what data this is. */
  readonly description: string
}

/**
 * Handwritten digits by writer, for a population of `clients` and a held-out set of writers who never train.
 * @throws DatasetError when MNIST is asked for and missing, altered, or has too few writers; RangeError for a
 * number of clients that is not a positive whole number.
 */
export const loadDigits = async (
  { data, dataset, clients, seed }: DigitsOptions,
  { defaultFolder = DEFAULT_DATA_FOLDER } = {},
): Promise<Digits> => {
  if (!Number.isInteger(clients) || clients < 1)
    throw new RangeError(`clients must be a positive whole number, not ${clients}`)
  const folder = data ?? defaultFolder
  if (dataset === 'handwriting') return generated(clients, seed, 'not real handwriting')
  if (dataset === 'auto' && data === undefined && !(await findMnist(folder)))
    return generated(clients, seed, `not real handwriting: no MNIST was found in ${folder}`)
  return chooseWriters(await loadMnistWriters(folder), clients, seed)
}

/** `count` of the population's writers, drawn without replacement, in the population's order. */
const chooseWriters = (all: DigitPopulation, count: number, seed: string | number): Digits => {
  if (count > all.clients.length)
    throw new DatasetError(
      `MNIST has ${all.clients.length} training writers, ${count} were asked for. Ask for fewer clients, or choose the dataset 'handwriting', which makes as many writers as you like.`,
    )
  const chosen = new Set(sample(seededRandom(seed).fork('mnist writers v1'), all.clients, count))
  return {
    source: 'mnist-writers',
    description: `MNIST digits by the people who wrote them: ${count} of ${all.clients.length} writers train, each with their own digits; judged on the 10,000 test digits of ${all.heldOut.writers.length} writers who never train.`,
    clients: all.clients.filter((writer) => chosen.has(writer)),
    heldOut: all.heldOut,
  }
}

const generated = (count: number, seed: string | number, caveat: string): Digits => {
  const { clients, heldOut } = generateWriters({ writers: count, seed })
  return {
    source: 'handwriting',
    description: `Digits drawn by program (${caveat}): ${count} made-up writers train, each with their own hand; judged on ${heldOut.labels.length.toLocaleString('en-US')} digits of ${heldOut.writers.length} made-up writers who never train.`,
    clients,
    heldOut,
  }
}
