import type { RoundDetail } from '@tributary/protocols/rest'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { formatDuration } from '../../format/duration.ts'
import { formatCount, formatMeasure } from '../../format/number.ts'
import { Bytes } from '../../ui/bytes.tsx'
import { Facts } from '../../ui/figures.tsx'
import { Id } from '../../ui/id.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Time } from '../../ui/time.tsx'

type Fact = readonly [name: string, value: ReactNode]

/** When, from what, under what, and what it made and spent. */
export const RoundFacts = ({ round }: { round: RoundDetail }) => (
  <Panel title="Details">
    <Facts facts={[...timesOf(round), ...sourcesOf(round), ...resultOf(round), ...privacyOf(round)]} />
  </Panel>
)

const timesOf = (round: RoundDetail): Fact[] => [
  ['Opened', <Time key="at" at={round.openedAt} />],
  ...('startedAt' in round ? [['Training began', <Time key="at" at={round.startedAt} />] as const] : []),
  ...('deadlineAt' in round ? [['Deadline', <Time key="at" at={round.deadlineAt} />] as const] : []),
  ...('endedAt' in round
    ? [
        ['Ended', <Time key="at" at={round.endedAt} />] as const,
        ['Took', formatDuration(Date.parse(round.endedAt) - Date.parse(round.openedAt))] as const,
      ]
    : []),
]

const sourcesOf = (round: RoundDetail): Fact[] => [
  [
    'Trained from',
    <span key="base">
      <Link href={`/tasks/${round.task}/models/${round.base.version}`}>version {round.base.version}</Link>{' '}
      <Id of={round.base.digest} />
    </span>,
  ],
  ['Assignment', <Id key="id" of={round.assignment} />],
  ['Round', <Id key="id" of={round.id} />],
  ...(round.refines
    ? [['Refines', `${round.refines.round}, with ${round.refines.clients} clients`] as const]
    : []),
  ...(round.clip === undefined ? [] : [['Clips to', formatMeasure(round.clip)] as const]),
]

const resultOf = (round: RoundDetail): Fact[] => {
  if (round.phase !== 'completed') return []
  const { version, examples, nextClip } = round
  return [
    [
      'Made',
      <span key="made">
        <Link href={`/tasks/${round.task}/models/${version.version}`}>version {version.version}</Link>{' '}
        <Id of={version.digest} /> <Bytes of={version.bytes} />
      </span>,
    ],
    ['Examples', formatCount(examples)],
    ...(nextClip === undefined ? [] : [['Next clips to', formatMeasure(nextClip)] as const]),
  ]
}

const privacyOf = ({ privacy, task }: RoundDetail): Fact[] =>
  privacy === undefined
    ? []
    : [
        [
          'Privacy spent',
          <span key="privacy">
            ε {privacy.epsilon === null ? 'is not finite' : formatMeasure(privacy.epsilon)} at δ{' '}
            {formatMeasure(privacy.delta)}, after {formatCount(privacy.rounds)} released rounds, this one
            among them. <Link href={`/tasks/${task}?tab=privacy`}>The whole budget</Link>
          </span>,
        ],
      ]
