import '../participation/lazily.ts'
import type { ModelVersion, TaskId } from '@tributary/protocols'
import type { EnvelopePrimitives } from '@tributary/protocols/crypto'
import type { Clock } from '@tributary/protocols/runtime'
import type { loadModel } from '../participation/load-model.ts'
import type { ParticipantNotice } from '../participation/notice.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Kept } from './kept.ts'
import { createNewestModel } from './newest-model.ts'
import { createPendingUpdate } from './pending-update.ts'

export type KeptNeeds = {
  task: TaskId
  records: RecordStore
  clock: Pick<Clock, 'now'>
  primitives?: Pick<EnvelopePrimitives, 'sha256'>
  /** There at once, and so not loaded with this. */
  loadModel: typeof loadModel
  told(notice: ParticipantNotice): void
  /** Hears of every newer version that is kept. */
  spread?: (version: ModelVersion) => void
}

export const createKept = (needs: KeptNeeds): Kept => {
  const { told } = needs
  let failedBefore = false
  /** A device that keeps nothing is told of once, not at every version and every round: taking part goes on as it would without. */
  const fault = (error: unknown) => {
    if (failedBefore) return
    failedBefore = true
    told({ type: 'fault', during: 'hold', error })
  }
  return {
    newest: createNewestModel({
      ...needs,
      found: (model) => told({ type: 'model', model }),
      distrusted: (detail) => told({ type: 'problem', code: 'untrusted-model', detail }),
      fault,
    }),
    pending: createPendingUpdate({ ...needs, fault }),
  }
}
