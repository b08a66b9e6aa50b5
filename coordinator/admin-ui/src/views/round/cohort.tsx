import type { MemberView, RoundDetail } from '@tributary/protocols/rest'
import { useMemo, useRef } from 'react'
import { Link } from 'wouter'
import { formatCount, formatMeasure, formatPercent, plural } from '../../format/number.ts'
import { shortId } from '../../format/short-id.ts'
import { Bytes } from '../../ui/bytes.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { useSearchValue } from '../../ui/search-value.ts'
import { FromNow } from '../../ui/time.tsx'
import { byAttention, countStages, STAGES, type Stage, stageOf } from './member-stage.ts'
import { outInWords } from './reasons.ts'
import { Timeline } from './timeline.tsx'

/** Who is in the round and what each does: a timeline, or the same as a table; by stage where that is asked. */
export const Cohort = ({ round, quorum }: { round: RoundDetail; quorum: number | undefined }) => {
  const [stage, setStage] = useSearchValue('stage')
  const [shape, setShape] = useSearchValue('cohort')
  const { members } = round
  const over = 'endedAt' in round
  const stages = useMemo(() => members.map((member) => stageOf(member, { over })), [members, over])
  const counts = useMemo(() => countStages(stages), [stages])
  const ordered = useOrdered(members, stages)
  const columns = useMemo(() => columnsOf(over), [over])
  const shown = stage === '' ? ordered : ordered.filter((member) => stageOf(member, { over }) === stage)
  if (members.length === 0)
    return (
      <EmptyState title={over ? 'Nobody was invited' : 'Nobody is invited yet'}>
        {round.phase === 'selecting'
          ? `The round waits until ${plural(round.wanted, 'client')} that joined this task ${round.wanted === 1 ? 'is' : 'are'} online and free.`
          : 'The round ended before anybody was invited.'}{' '}
        <Link href="/clients?online=true">See who is online</Link>, or{' '}
        <Link href="/clients?tab=invitations">invite clients</Link>.
      </EmptyState>
    )
  return (
    <>
      <div className="stages">
        <fieldset>
          <legend className="unseen">Show members that are</legend>
          <Chip on={stage === ''} onClick={() => setStage('')}>
            all {formatCount(members.length)}
          </Chip>
          {STAGES.filter((each) => counts.get(each) || each === stage).map((each) => (
            <Chip key={each} on={stage === each} onClick={() => setStage(stage === each ? '' : each)}>
              {each} {formatCount(counts.get(each) ?? 0)}
            </Chip>
          ))}
        </fieldset>
        <button
          type="button"
          className="link"
          aria-pressed={shape === 'table'}
          onClick={() => setShape(shape === 'table' ? '' : 'table')}
        >
          Show as {shape === 'table' ? 'timeline' : 'table'}
        </button>
      </div>
      {shown.length === 0 ? (
        <EmptyState title={`Nobody is ${stage} at this moment`}>
          <button type="button" className="link" onClick={() => setStage('')}>
            Show all members
          </button>
        </EmptyState>
      ) : shape === 'table' ? (
        <DataTable
          label="Members of the round"
          columns={columns}
          rows={shown}
          rowKey={({ client }) => client}
          sortName="members"
          empty={null}
        />
      ) : (
        <Timeline round={round} members={shown} quorum={quorum} />
      )}
    </>
  )
}

/** In the order of attention, taken anew only when somebody comes to another stage: rows that moved by every percent could not be read. */
const useOrdered = (members: readonly MemberView[], stages: readonly Stage[]): readonly MemberView[] => {
  const kept = useRef<{ key: string; order: readonly string[] }>({ key: '', order: [] })
  return useMemo(() => {
    const key = members.map(({ client }, i) => `${client} ${stages[i]}`).join()
    if (kept.current.key !== key)
      kept.current = { key, order: members.toSorted(byAttention).map(({ client }) => client) }
    const known = new Map(members.map((member) => [String(member.client), member]))
    return kept.current.order.flatMap((client) => known.get(client) ?? [])
  }, [members, stages])
}

const Chip = ({ on, onClick, children }: { on: boolean; onClick: () => void; children: React.ReactNode }) => (
  <button type="button" className="chip" aria-pressed={on} onClick={onClick}>
    {children}
  </button>
)

const columnsOf = (over: boolean): readonly Column<MemberView>[] => [
  {
    name: 'client',
    title: 'Client',
    width: 150,
    cell: ({ client }) => <Link href={`/clients/${client}`}>{shortId(client)}</Link>,
    order: ({ client }) => client,
  },
  {
    name: 'stage',
    title: 'Stage',
    width: 110,
    cell: (member) => stageOf(member, { over }),
    order: (member) => STAGES.indexOf(stageOf(member, { over })),
  },
  {
    name: 'progress',
    title: 'Trained',
    numeric: true,
    width: 90,
    cell: ({ progress }) => progress && formatPercent(progress.fraction),
    order: ({ progress }) => progress?.fraction ?? null,
  },
  {
    name: 'loss',
    title: 'Loss',
    numeric: true,
    width: 90,
    cell: (member) => lossOf(member) !== null && formatMeasure(lossOf(member) ?? 0),
    order: (member) => lossOf(member),
  },
  {
    name: 'examples',
    title: 'Examples',
    numeric: true,
    width: 100,
    cell: (member) => member.status === 'received' && member.examples,
    order: (member) => (member.status === 'received' ? (member.examples ?? null) : null),
  },
  {
    name: 'bytes',
    title: 'Update',
    numeric: true,
    width: 90,
    cell: (member) => member.status === 'received' && <Bytes of={member.bytes} />,
    order: (member) => (member.status === 'received' ? member.bytes : null),
  },
  {
    name: 'norm',
    title: 'Norm',
    numeric: true,
    width: 90,
    cell: (member) => member.status === 'received' && member.norm !== undefined && formatMeasure(member.norm),
    order: (member) => (member.status === 'received' ? (member.norm ?? null) : null),
  },
  {
    name: 'since',
    title: 'Since',
    width: 110,
    cell: ({ since }) => since && <FromNow at={since} />,
    order: ({ since }) => since ?? null,
  },
  { name: 'why', title: 'Why', cell: outInWords },
]

const lossOf = (member: MemberView): number | null =>
  (member.status === 'received' ? member.metrics?.loss : member.progress?.loss) ?? null
