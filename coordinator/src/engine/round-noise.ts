import { createHash } from 'node:crypto'
import { numberOfRound, type RoundId, roundId, type TaskId } from '@tributary/protocols'
import { lastRoundOf, roundsToComplete, type TreeNode, treeNoiseBetween } from '@tributary/protocols/privacy'
import { keyedRandom, type Random } from '@tributary/protocols/runtime'
import { deriveKey } from '../crypto/own-key.ts'
import type { Store } from '../ports/store.ts'
import type { Round } from '../round/round.ts'

/**
 * Noise that follows from the coordinator's own key and from what it hides: an aggregation that is made again gives the same bytes (law 6), nobody
 * else can tell them, and a round that is held again after a restore, of other updates, has other noise: two sums under one noise would show what
 * they differ by.
 */
export type NoiseOf = {
  /** A stream for one round's sum. */
  ofRound(round: RoundId): Promise<Random>
  /**
   * The noise of a round's release under trees (DP-FTRL), in steps of which σ is 2²⁴: what its running sum has more than that of the last
   * round that was released. Rounds that were abandoned between them are leaves with nothing in them; a tree whose rounds are over is completed.
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
  store: Pick<Store, 'rounds' | 'members'>
  ownKey: Uint8Array
}): NoiseOf => {
  const streamOf = (purpose: string) => keyedRandom(deriveKey(ownKey, purpose))

  /** The sealed updates that a round sums, as one hash: no two sums of one round's number have the same. */
  const inputsOf = async (round: RoundId): Promise<string> => {
    const hash = createHash('sha256')
    for (const member of await store.members.ofRound(round))
      if (member.status === 'received') hash.update(`${member.client} ${member.receipt.envelope}\n`)
    return `${round}, inputs ${hash.digest('hex')}`
  }

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

  /** The first round from this number on that was released. */
  const releasedFrom = async (task: TaskId, number: number): Promise<RoundId> => {
    for (let at = number; ; at++) {
      const round = await store.rounds.get(roundId(task, at))
      if (round?.phase === 'completed') return round.id
      if (!round) throw new Error(`no round of task ${task} from number ${number} on was released`)
    }
  }

  return {
    ofRound: async (round) => streamOf(`noise of round ${await inputsOf(round)}`),
    async ofTree({ id, task }, { length, roundsOfTree }) {
      const number = numberOfRound(id)
      const last = await releasedBefore(task, number)
      const [tree, treeBefore] = [treeOf(number, roundsOfTree), treeOf(last, roundsOfTree)]
      const within = number - tree * roundsOfTree
      const withinBefore = last - treeBefore * roundsOfTree
      const here = await inputsOf(id)

      /**
       * The noise of a tree between two releases. A node is drawn for the release that first has it in its sum, and is keyed by what that one
       * summed: nodes of the release before this one are found by the first round released at or after their end.
       */
      const between = async (of: number, from: number, to: number): Promise<Float64Array> => {
        const drawnFor = new Map<number, string>()
        for (const end of endsOfNodes(from))
          drawnFor.set(end, await inputsOf(await releasedFrom(task, of * roundsOfTree + end)))
        const randomOf = (node: TreeNode) =>
          streamOf(
            `noise of task ${task}, tree ${node.tree}, level ${node.level}, node ${node.index}, round ${drawnFor.get(lastRoundOf(node)) ?? here}`,
          )
        return treeNoiseBetween({ from, to }, { tree: of, length, randomOf })
      }

      if (last === 0 || tree === treeBefore) return between(tree, last === 0 ? 0 : withinBefore, within)
      const completed = roundsOfTree + roundsToComplete(roundsOfTree)
      const total = await between(treeBefore, withinBefore, completed)
      const begun = await between(tree, 0, within)
      return total.map((noise, i) => noise + (begun[i] ?? 0))
    },
  }
}

const treeOf = (number: number, roundsOfTree: number): number =>
  Math.floor(Math.max(0, number - 1) / roundsOfTree)

/** Where the nodes end that make up rounds 1 … `rounds`: one for each binary digit 1, the highest first to end. */
const endsOfNodes = (rounds: number): number[] => {
  const ends: number[] = []
  for (let end = rounds; end > 0; end -= lowestBitOf(end)) ends.push(end)
  return ends
}

const lowestBitOf = (whole: number): number => {
  let bit = 1
  while (whole % (2 * bit) === 0) bit *= 2
  return bit
}
