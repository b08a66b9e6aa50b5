import { useVirtualizer } from '@tanstack/react-virtual'
import type { MemberView, RoundDetail } from '@tributary/protocols/rest'
import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { formatBytes } from '../../format/bytes.ts'
import { formatDuration } from '../../format/duration.ts'
import { formatMeasure, formatPercent } from '../../format/number.ts'
import { shortId } from '../../format/short-id.ts'
import { useMediaQuery } from '../../ui/media-query.ts'
import { useNow } from '../../ui/now.ts'
import { ScrollFrame } from '../../ui/scroll-frame.tsx'
import { laneOf, marksOf, momentOf, type Span, shareAt, spanOf } from './lane-geometry.ts'
import { type Stage, stageOf } from './member-stage.ts'
import { outInWords } from './reasons.ts'

const LANE_HEIGHT = 30
/** On a phone the words stand above the lane. */
const TALL_LANE_HEIGHT = 46

const SIGNS: Record<Stage, string> = {
  invited: '○',
  downloading: '↓',
  training: '◐',
  sending: '↑',
  uploaded: '●',
  unfinished: '○',
  declined: '–',
  failed: '■',
  dropped: '■',
}

type Props = {
  round: RoundDetail
  /** Those that are shown, in this order. */
  members: readonly MemberView[]
  quorum: number | undefined
}

/** A lane for each member, from its invitation to its update, under one axis of time. Only lanes that show are drawn. */
export const Timeline = ({ round, members, quorum }: Props) => {
  const now = useNow()
  const frame = useRef<HTMLElement>(null)
  const narrow = useMediaQuery('(max-width: 760px)')
  const height = narrow ? TALL_LANE_HEIGHT : LANE_HEIGHT
  const lanes = useVirtualizer({
    count: members.length,
    getScrollElement: () => frame.current,
    estimateSize: () => height,
    overscan: 8,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height is another size of all lanes.
  useEffect(() => lanes.measure(), [lanes, height])
  const span = spanOf(round, now)
  const over = 'endedAt' in round
  const quorumAt = quorum === undefined ? undefined : momentOf(quorum, round.members)
  return (
    <ScrollFrame label="Timeline of the cohort" frame={frame} long>
      <div className="timeline">
        <Axis round={round} span={span} now={now} quorumAt={quorumAt} />
        <ul className="lanes" style={{ height: lanes.getTotalSize() }}>
          {lanes.getVirtualItems().map(({ index, start }) => {
            const member = members[index]
            return (
              member && (
                <LaneRow
                  key={member.client}
                  member={member}
                  over={over}
                  span={span}
                  now={over ? span.to : now}
                  top={start}
                  height={height}
                />
              )
            )
          })}
        </ul>
      </div>
    </ScrollFrame>
  )
}

const percent = (share: number): string => `${100 * share}%`

type AxisProps = { round: RoundDetail; span: Span; now: number; quorumAt: number | undefined }

/** Marks of time since the start, the deadline, the quorum and the present; the lines run down through all lanes. */
const Axis = ({ round, span, now, quorumAt }: AxisProps) => {
  const deadline = 'deadlineAt' in round ? Date.parse(round.deadlineAt) : undefined
  const over = 'endedAt' in round
  return (
    <>
      <div className="axis" aria-hidden="true">
        <div className="axis-marks">
          {marksOf(span, 5).map((mark) => (
            <span key={mark} className="axis-mark" style={{ left: percent(shareAt(span, span.from + mark)) }}>
              {mark === 0 ? 'start' : formatDuration(mark)}
            </span>
          ))}
          {deadline !== undefined && <Flag name="deadline" at={shareAt(span, deadline)} />}
          {quorumAt !== undefined && <Flag name="quorum" at={shareAt(span, quorumAt)} />}
        </div>
      </div>
      <div className="axis-lines" aria-hidden="true">
        {!over && <span className="axis-now" style={{ left: percent(shareAt(span, now)) }} />}
        {deadline !== undefined && (
          <span className="axis-deadline" style={{ left: percent(shareAt(span, deadline)) }} />
        )}
        {quorumAt !== undefined && (
          <span className="axis-quorum" style={{ left: percent(shareAt(span, quorumAt)) }} />
        )}
      </div>
    </>
  )
}

/** A name at a line's head, on the side where there is room. */
const Flag = ({ name, at }: { name: 'deadline' | 'quorum'; at: number }) => (
  <span className={`flag flag-${name}${at > 0.5 ? ' flag-left' : ''}`} style={{ left: percent(at) }}>
    <span>{name}</span>
  </span>
)

type LaneProps = {
  member: MemberView
  over: boolean
  span: Span
  now: number
  top: number
  height: number
}

const LaneRow = ({ member, over, span, now, top, height }: LaneProps) => {
  const { bars, end } = laneOf(member, span, now)
  const stage = stageOf(member, { over })
  return (
    <li className={`lane lane-${stage}`} style={{ transform: `translateY(${top}px)`, height }}>
      <Link href={`/clients/${member.client}`} title={member.client}>
        {shortId(member.client)}
      </Link>
      <span className="lane-track" aria-hidden="true">
        {bars.map(({ kind, from, to }) => (
          <span
            key={kind}
            className={`bar bar-${kind}`}
            style={{ left: percent(from), width: percent(to - from) }}
          >
            {kind === 'working' && stage === 'training' && member.progress && (
              <span className="bar-progress" style={{ width: percent(member.progress.fraction) }} />
            )}
          </span>
        ))}
        {end !== undefined && (
          <span className="lane-end" style={{ left: percent(end) }}>
            {SIGNS[stage]}
          </span>
        )}
      </span>
      <span className="lane-words" title={wordsOf(member, stage)}>
        <span className="lane-sign" aria-hidden="true">
          {SIGNS[stage]}
        </span>{' '}
        {wordsOf(member, stage)}
      </span>
    </li>
  )
}

const wordsOf = (member: MemberView, stage: Stage): string => {
  const out = outInWords(member)
  if (out !== '') return member.status === 'dropped' ? `dropped: ${out}` : `${stage}: ${out}`
  const parts: string[] = [stage]
  if (member.status === 'received') parts.push(formatBytes(member.bytes))
  else if (stage === 'training' && member.progress) {
    parts[0] = `training ${formatPercent(member.progress.fraction)}`
    if (member.progress.loss !== undefined) parts.push(`loss ${formatMeasure(member.progress.loss)}`)
  }
  return parts.join(' · ')
}
