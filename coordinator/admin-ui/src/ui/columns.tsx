import type { Column } from './data-table.tsx'
import { Id } from './id.tsx'
import { Time } from './time.tsx'

/** Columns that several tables have alike. */
export const MADE = {
  name: 'created',
  title: 'Made',
  width: 190,
  cell: ({ createdAt }: { createdAt: string }) => <Time at={createdAt} />,
  order: ({ createdAt }: { createdAt: string }) => createdAt,
} satisfies Column<{ createdAt: string }>

export const ID = {
  name: 'id',
  title: 'Id',
  width: 150,
  cell: ({ id }: { id: string }) => <Id of={id} />,
} satisfies Column<{ id: string }>
