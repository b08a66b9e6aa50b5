import type { RoundId } from '@tributary/protocols'
import { type Identity, identityFromSeed } from '@tributary/protocols/crypto'
import { integerBelow, type SeededRandom, seededRandom } from '@tributary/protocols/runtime'
import { nodeSigner } from './native-signer.ts'

/** All that chance is to a client: who it is, and how each of its trainings begins. It follows from the world’s seed and the client’s name alone. */
export const clientChance = (seed: string | number, name: string): SeededRandom =>
  seededRandom(seed).fork(`client ${name}`)

export const identityBy = (chance: SeededRandom): Identity =>
  identityFromSeed(chance.fork('identity').bytes(32), nodeSigner)

/** Whatever else happened to the client before: a real one that is given the same trains alike. */
export const trainingSeedBy =
  (chance: SeededRandom) =>
  (round: RoundId): number =>
    integerBelow(chance.fork(`training for ${round}`), 2 ** 32)
