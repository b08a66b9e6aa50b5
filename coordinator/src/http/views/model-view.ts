import { type ModelView, timestampOf } from '@tributary/protocols/rest'
import type { ModelRecord } from '../../ports/records.ts'

export const modelView = ({ createdAt, ...model }: ModelRecord): ModelView => ({
  ...model,
  createdAt: timestampOf(createdAt),
})
