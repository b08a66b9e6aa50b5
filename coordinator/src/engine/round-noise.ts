import { numberOfRound, type RoundId, type TaskId } from '@tributary/protocols'
import { completionNoise, type TreeNode, treeNoise } from '@tributary/protocols/privacy'
import { keyedRandom, type Random } from '@tributary/protocols/runtime'
import { deriveKey } from '../crypto/own-key.ts'
import type { Store } from '../ports/store.ts'
import type { Round } from '../round/round.ts'

/** Noise that follows from the coordinator's own key: an aggregation that is made again gives the same bytes (law 6), and nobody else can tell them. */
export type NoiseOf = {
  /** A stream for one round's sum. */
  ofRound(round: RoundId): Random
  /**
   * The noise of a round's release under trees (DP-FTRL), in steps of which σ is 2²⁴: what its running sum has more than that of the last
   * round that was released. Rounds that were abandoned between them are leaves with nothing in them.
   */
  ofTree(
    round: Pick<Round, 'id' | 'task'>,
    of: { length: number; roundsOfTree: number },
  ): Promise<Float64Array>
}

const PAGE = 100

export const createRoundNoise = ({
  store,
  ownKey,
}: {
  store: Pick<Store, 'rounds'>
  ownKey: Uint8Array
}): NoiseOf => {
  const streamOf = (purpose: string) => keyedRandom(deriveKey(ownKey, purpose))

  /** The number of the last round before this one that was released; 0 where none was. */
  const releasedBefore = async (task: TaskId, number: number): Promise<number> => {
    for (let after = number; ; ) {
      const rounds = await store.rounds.list(task, { limit: PAGE, after })
      const released = rounds.find(({ phase }) => phase === 'completed')
      if (released) return released.number
      const oldest = rounds.at(-1)
      if (!oldest || rounds.length < PAGE) return 0
      after = oldest.number
    }
  }

  return {
    ofRound: (round) => streamOf(`noise of round ${round}`),
    async ofTree({ id, task }, { length, roundsOfTree }) {
      const number = numberOfRound(id)
      const total = new Float64Array(length)
      const add = (noise: Float64Array) => {
        for (let i = 0; i < length; i++) total[i] = (total[i] ?? 0) + (noise[i] ?? 0)
      }
      const randomOf = ({ tree, level, index }: TreeNode) =>
        streamOf(`noise of task ${task}, tree ${tree}, level ${level}, node ${index}`)
      for (let leaf = (await releasedBefore(task, number)) + 1; leaf <= number; leaf++) {
        const tree = Math.floor((leaf - 1) / roundsOfTree)
        const within = leaf - tree * roundsOfTree
        add(treeNoise(within, { tree, length, randomOf }))
        if (within === roundsOfTree) add(completionNoise(within, { tree, length, randomOf }))
      }
      return total
    },
  }
}
