import { type OverviewView, timestampOf } from '@tributary/protocols/rest'
import type { Overview } from '../../insight/overview.ts'
import { modelView } from './model-view.ts'
import { roundView } from './round-view.ts'

export const overviewView = ({ at, openRounds, newestModels, ...counts }: Overview): OverviewView => ({
  ...counts,
  at: timestampOf(at),
  openRounds: openRounds.map(roundView),
  newestModels: newestModels.map(modelView),
})
