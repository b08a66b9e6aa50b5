import type { ClientRoundView } from '@tributary/protocols/rest'
import { Link } from 'wouter'
import { useRestPages } from '../../api/use-rest.ts'
import { formatDuration } from '../../format/duration.ts'
import { Answered } from '../../ui/answered.tsx'
import { Bytes } from '../../ui/bytes.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Panel } from '../../ui/panel.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { FromNow } from '../../ui/time.tsx'
import { partOf, saidOf, tookMs } from './part.ts'

const OUTCOME_TONES = { open: 'busy', completed: 'good', abandoned: 'bad' } as const

const COLUMNS: readonly Column<ClientRoundView>[] = [
  {
    name: 'round',
    title: 'Round',
    width: 200,
    cell: ({ task, number }) => (
      <Link href={`/tasks/${task}/rounds/${number}`}>
        {task} round {number}
      </Link>
    ),
    order: ({ task, number }) => `${task} ${String(number).padStart(10, '0')}`,
  },
  {
    name: 'opened',
    title: 'Opened',
    width: 110,
    cell: ({ openedAt }) => <FromNow at={openedAt} />,
    order: ({ openedAt }) => openedAt,
  },
  {
    name: 'outcome',
    title: 'The round',
    width: 120,
    cell: ({ outcome }) => <StatusBadge tone={OUTCOME_TONES[outcome]}>{outcome}</StatusBadge>,
    order: ({ outcome }) => outcome,
  },
  {
    name: 'part',
    title: 'Its part',
    width: 190,
    cell: (round) => <Part round={round} />,
    order: (round) => partOf(round).word,
  },
  {
    name: 'took',
    title: 'Took',
    numeric: true,
    width: 100,
    cell: ({ member }) => {
      const ms = tookMs(member)
      return ms === null ? '' : formatDuration(ms)
    },
    order: ({ member }) => tookMs(member),
  },
  {
    name: 'bytes',
    title: 'Sent',
    numeric: true,
    width: 110,
    cell: ({ member }) => member.status === 'received' && <Bytes of={member.bytes} />,
    order: ({ member }) => (member.status === 'received' ? member.bytes : null),
  },
  { name: 'said', title: 'It said', cell: ({ member }) => saidOf(member) },
]

const Part = ({ round }: { round: ClientRoundView }) => {
  const { word, tone } = partOf(round)
  return <StatusBadge tone={tone}>{word}</StatusBadge>
}

/** The rounds a client was invited to, newest first. */
export const ClientRounds = ({ client }: { client: string }) => {
  const rounds = useRestPages('/clients/{client}/rounds', { path: { client } })
  return (
    <Panel title="Its rounds, newest first">
      <Answered query={rounds}>
        {({ items }) => (
          <DataTable
            label="Rounds of this client"
            columns={COLUMNS}
            rows={items}
            rowKey={({ task, number }) => `${task}.${number}`}
            onEnd={rounds.readOn}
            empty={
              <EmptyState title="It was in no round yet">
                It is invited to one when a task wants clients while it waits for that task.
              </EmptyState>
            }
          />
        )}
      </Answered>
    </Panel>
  )
}
