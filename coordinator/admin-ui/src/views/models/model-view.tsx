import type { ModelView as Model, TaskView } from '@tributary/protocols/rest'
import type { ReactNode } from 'react'
import { Link, useParams } from 'wouter'
import { useRest } from '../../api/use-rest.ts'
import { formatCount, formatMeasure } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { Bytes } from '../../ui/bytes.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Facts } from '../../ui/figures.tsx'
import { Id } from '../../ui/id.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ScrollFrame } from '../../ui/scroll-frame.tsx'
import { useSearchValue } from '../../ui/search-value.ts'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { ComparedCell } from '../metrics/compared-cell.tsx'
import { comparedRows, meansOf } from '../metrics/compared-versions.ts'
import { DownloadWeights } from './download-weights.tsx'
import { originInWords, roundNumber } from './origin-words.ts'
import { RollBack } from './roll-back.tsx'
import './models.css'

/** One version: what it measures, whose weights it is made of, how it differs from another. */
export const ModelView = () => {
  const { task = '', version = '' } = useParams<{ task: string; version: string }>()
  const model = useRest('/tasks/{task}/models/{version}', { path: { task, version } })
  const owner = useRest('/tasks/{task}', { path: { task } })
  const inUse = owner.data?.latestModel?.version === model.data?.version
  return (
    <>
      <PageHeader
        title={`Version ${version}`}
        crumbs={[
          { name: 'Tasks', to: '/tasks' },
          { name: task, to: `/tasks/${task}` },
          { name: 'Models', to: `/tasks/${task}?tab=models` },
        ]}
        beside={model.data && owner.data && inUse && <StatusBadge tone="good">in use</StatusBadge>}
      >
        {model.data && <DownloadWeights model={model.data} named />}
        {model.data && owner.data && <RollBack task={owner.data} to={model.data} />}
      </PageHeader>
      <Answered query={model}>{(answer) => <Shown model={answer} task={owner.data} />}</Answered>
    </>
  )
}

const Shown = ({ model, task }: { model: Model; task: TaskView | undefined }) => (
  <div className="model">
    <Panel title="Version">
      <Facts facts={factsOf(model)} />
    </Panel>
    <Panel title="Metrics">
      <Metrics model={model} task={task} />
    </Panel>
  </div>
)

const factsOf = (model: Model): readonly (readonly [string, ReactNode])[] => [
  ['Made', <Time key="at" at={model.createdAt} />],
  ['Origin', <Origin key="origin" model={model} />],
  [
    'After',
    model.parent === null ? (
      'the first of its task'
    ) : (
      <Link key="parent" href={`/tasks/${model.task}/models/${model.parent}`}>
        version {model.parent}
      </Link>
    ),
  ],
  ['Weights', <Id key="weights" of={model.weights.digest} />],
  ['Size', <Bytes key="size" of={model.weights.bytes} />],
  ['Assignment', <Id key="assignment" of={model.assignment} />],
  ...(model.origin.kind === 'round' ? roundFacts(model.origin) : []),
]

type OfRound = Extract<Model['origin'], { kind: 'round' }>

const roundFacts = ({ examples, privacy, state }: OfRound): readonly (readonly [string, ReactNode])[] => [
  ['Examples', formatCount(examples)],
  ...(privacy
    ? [
        [
          'Privacy spent',
          `ε ${privacy.epsilon === null ? 'is not finite' : formatMeasure(privacy.epsilon)} at δ ${formatMeasure(privacy.delta)}`,
        ] as const,
      ]
    : []),
  ...Object.entries(state?.numbers ?? {}).map(
    ([name, value]) => [`Strategy: ${name}`, formatMeasure(value)] as const,
  ),
  ...(state?.vectors
    ? [
        [
          'Strategy: vectors',
          <span key="vectors">
            <Id of={state.vectors.digest} /> <Bytes of={state.vectors.bytes} />
          </span>,
        ] as const,
      ]
    : []),
]

const Origin = ({ model }: { model: Model }) => {
  const { origin, task } = model
  if (origin.kind === 'round')
    return <Link href={`/tasks/${task}/rounds/${roundNumber(origin.round)}`}>{originInWords(model)}</Link>
  if (origin.kind === 'rollback')
    return (
      <>
        {originInWords(model)} (<Link href={`/tasks/${task}/models/${origin.to}`}>see it</Link>)
      </>
    )
  return <>{originInWords(model)}</>
}

/** Its metrics, beside those of another version where one is chosen; left alone, the one before it. */
const Metrics = ({ model, task }: { model: Model; task: TaskView | undefined }) => {
  const [asked, setAsked] = useSearchValue('with')
  const other = /^[1-9]\d{0,9}$/.test(asked) ? Number(asked) : model.parent
  const newest = task?.latestModel?.version ?? model.version
  const compared = useRest(
    '/tasks/{task}/models/{version}',
    { path: { task: model.task, version: other ?? model.version } },
    { when: other !== null },
  )
  return (
    <>
      {newest > 1 && (
        <div className="filters">
          <label>
            Compare with version
            <input
              type="number"
              min={1}
              max={newest}
              value={other ?? ''}
              onChange={({ target }) => setAsked(target.value)}
            />
          </label>
        </div>
      )}
      {other === null ? (
        <Side models={[model]} />
      ) : (
        <Answered query={compared}>{(before) => <Side models={[before, model]} />}</Answered>
      )}
    </>
  )
}

const Side = ({ models }: { models: readonly Model[] }) => {
  const rows = comparedRows(models.map((model) => ({ means: meansOf(model), bands: {} })))
  if (rows.length === 0)
    return (
      <EmptyState title="No metrics">
        Versions that rounds make carry their means; drawn, imported and rolled back weights have none of
        their own.
      </EmptyState>
    )
  return (
    <ScrollFrame label="Metrics of versions side by side">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            {models.map(({ version }) => (
              <th key={version} scope="col" className="number">
                version {version}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ metric, values, differences }) => (
            <tr key={metric}>
              <th scope="row">{metric}</th>
              {values.map((value, i) => (
                <ComparedCell key={models[i]?.version} value={value} difference={differences[i] ?? null} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollFrame>
  )
}
