import type { AuditRecordView } from '@tributary/protocols/rest'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { useLongList } from '../../api/use-long-list.ts'
import { formatCount } from '../../format/number.ts'
import { shortId } from '../../format/short-id.ts'
import { subjectPath } from '../../format/subject-path.ts'
import { Answered } from '../../ui/answered.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { useSearchValue } from '../../ui/search-value.ts'
import { Time } from '../../ui/time.tsx'
import { actorNames } from './actor-names.ts'
import { AuditEntry } from './audit-entry.tsx'
import { actionsOf, detailOf, matching } from './audit-filter.ts'

const keyOf = ({ sequence }: AuditRecordView) => sequence
const isLast = ({ upTo }: { upTo: string | number | null }) => upTo === null

/** Newest first. The coordinator lists the oldest first, so the log is read to its end to begin there. */
export const AuditLog = () => {
  const audit = useLongList('/audit', {}, { keyOf, always: isLast })
  return (
    <Answered query={audit}>
      {({ items }) => (
        <Read
          entries={items}
          complete={audit.complete}
          more={audit.reading ? undefined : audit.readOn}
          onShown={audit.show}
        />
      )}
    </Answered>
  )
}

type Props = {
  entries: readonly AuditRecordView[]
  complete: boolean
  more: (() => void) | undefined
  onShown: (entries: readonly AuditRecordView[]) => void
}

const Read = ({ entries, complete, more, onShown }: Props) => {
  const [action, setAction] = useSearchValue('action')
  const [actor, setActor] = useSearchValue('actor')
  const [subject, setSubject] = useSearchValue('subject')
  const [opened, setOpened] = useState<AuditRecordView>()
  const actions = useMemo(() => actionsOf(entries), [entries])
  const names = useMemo(() => actorNames(entries), [entries])
  const shown = useMemo(
    () => matching(entries, { action, actor, subject }, names).toReversed(),
    [entries, action, actor, subject, names],
  )
  const columns = useMemo(() => columnsOf(setOpened, names), [names])
  return (
    <>
      <div className="filters">
        <label>
          Action
          <select value={action} onChange={({ target }) => setAction(target.value)}>
            <option value="">anything</option>
            {(actions.includes(action) || action === '' ? actions : [action, ...actions]).map((one) => (
              <option key={one} value={one}>
                {one.includes('.') ? `   ${one}` : one}
              </option>
            ))}
          </select>
        </label>
        <label>
          Who
          <input
            type="search"
            value={actor}
            placeholder="name, or part of an id"
            spellCheck={false}
            onChange={({ target }) => setActor(target.value)}
          />
        </label>
        <label>
          Subject
          <input
            type="search"
            value={subject}
            placeholder="task, round, client …"
            spellCheck={false}
            onChange={({ target }) => setSubject(target.value)}
          />
        </label>
      </div>
      <p className="list-count" role="status">
        {shown.length !== entries.length && `${formatCount(shown.length)} of `}
        {formatCount(entries.length)} entries
        {complete
          ? ', newest first'
          : ' read so far: the coordinator lists the oldest first, the newest are still to come'}
        {!complete && more && (
          <button type="button" className="link" onClick={more}>
            Read on
          </button>
        )}
      </p>
      <DataTable
        label="Audit entries"
        columns={columns}
        rows={shown}
        rowKey={({ sequence }) => String(sequence)}
        onShown={onShown}
        empty={
          entries.length === 0 ? (
            <EmptyState title="Nothing was done yet">Every act is written here with who did it.</EmptyState>
          ) : (
            <EmptyState title="No entry matches">
              <Link href="/audit">Show all entries</Link>, or change the filters.
            </EmptyState>
          )
        }
      />
      {opened && <AuditEntry entry={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}

const columnsOf = (
  open: (entry: AuditRecordView) => void,
  names: ReadonlyMap<string, string>,
): readonly Column<AuditRecordView>[] => [
  {
    name: 'sequence',
    title: 'Entry',
    numeric: true,
    width: 90,
    cell: (entry) => (
      <button
        type="button"
        className="link entry-button"
        title="All of this entry"
        onClick={() => open(entry)}
      >
        {entry.sequence}
      </button>
    ),
    order: ({ sequence }) => sequence,
  },
  { name: 'at', title: 'When', width: 180, cell: ({ at }) => <Time at={at} />, order: ({ at }) => at },
  {
    name: 'actor',
    title: 'Who',
    width: 130,
    cell: ({ actor }) =>
      names.has(actor) ? (
        <span title={actor}>{names.get(actor)}</span>
      ) : (
        <Named name={actor} path={subjectPath(actor, '')} />
      ),
    order: ({ actor }) => names.get(actor) ?? actor,
  },
  {
    name: 'action',
    title: 'Action',
    width: 190,
    cell: ({ action }) => action,
    order: ({ action }) => action,
  },
  {
    name: 'subject',
    title: 'Subject',
    width: 170,
    cell: ({ subject, action }) => <Named name={subject} path={subjectPath(subject, action)} />,
    order: ({ subject }) => subject,
  },
  {
    name: 'detail',
    title: 'Details',
    cell: (entry) => <span title={detailOf(entry)}>{detailOf(entry)}</span>,
  },
]

const Named = ({ name, path }: { name: string; path: string | undefined }) => {
  const text = <code title={name}>{shortId(name)}</code>
  return path ? <Link href={path}>{text}</Link> : text
}
