import type { ModelView, TaskView } from '@tributary/protocols/rest'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { useRestPages } from '../../api/use-rest.ts'
import { formatMeasure } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { Bytes } from '../../ui/bytes.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Id } from '../../ui/id.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ScrollFrame } from '../../ui/scroll-frame.tsx'
import { FromNow } from '../../ui/time.tsx'
import { meansOf } from '../metrics/compared-versions.ts'
import { DownloadWeights } from './download-weights.tsx'
import { ImportModel } from './import-model.tsx'
import { type RailRow, railsOf } from './lineage.ts'
import { originInWords, roundNumber } from './origin-words.ts'
import { Rail } from './rail.tsx'
import { RollBack } from './roll-back.tsx'
import './models.css'

/** The versions of a task, newest first, with whose weights each was made of. */
export const ModelsTab = ({ task }: { task: TaskView }) => {
  const models = useRestPages('/tasks/{task}/models', { path: { task: task.id } })
  return (
    <Panel title="Versions" beside={<ImportModel task={task} />}>
      <Answered query={models}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No version yet">
              This task's first weights are imported: choose a safetensors file with the task's tensors.
              Rounds wait for it.
            </EmptyState>
          ) : (
            <>
              <Lineage task={task} models={items} />
              {models.hasNextPage && (
                <button
                  type="button"
                  className="link"
                  aria-busy={models.isFetchingNextPage}
                  onClick={models.readOn}
                >
                  {models.isFetchingNextPage ? 'Reading…' : 'Read older versions'}
                </button>
              )}
            </>
          )
        }
      </Answered>
    </Panel>
  )
}

const Lineage = ({ task, models }: { task: TaskView; models: readonly ModelView[] }) => {
  const rails = useMemo(() => railsOf(models), [models])
  const width = rails.reduce((most, rail) => Math.max(most, rail.width), 1)
  return (
    <ScrollFrame label="Versions and their lineage">
      <table className="table lineage">
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">Lineage</span>
            </th>
            <th scope="col">Version</th>
            <th scope="col">Origin</th>
            <th scope="col">Metrics</th>
            <th scope="col">Weights</th>
            <th scope="col">Made</th>
            <th scope="col">
              <span className="unseen">Acts</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {models.map((model, i) => (
            <Row key={model.version} task={task} model={model} rail={rails[i]} width={width} />
          ))}
        </tbody>
      </table>
    </ScrollFrame>
  )
}

type RowProps = { task: TaskView; model: ModelView; rail: RailRow | undefined; width: number }

const Row = ({ task, model, rail, width }: RowProps) => (
  <tr>
    <td className="rail-cell">{rail && <Rail row={rail} width={width} kind={model.origin.kind} />}</td>
    <th scope="row">
      <Link href={`/tasks/${model.task}/models/${model.version}`}>version {model.version}</Link>
      {task.latestModel?.version === model.version && <span className="in-use">in use</span>}
    </th>
    <td className="lineage-origin">
      {model.origin.kind === 'round' ? (
        <>
          <Link href={`/tasks/${model.task}/rounds/${roundNumber(model.origin.round)}`}>
            {originInWords(model)}
          </Link>{' '}
          <span className="help">of version {model.parent}</span>
        </>
      ) : (
        <span title={originInWords(model)}>{originInWords(model)}</span>
      )}
    </td>
    <td>
      {Object.entries(meansOf(model))
        .slice(0, 3)
        .map(([name, value]) => `${name} ${formatMeasure(value)}`)
        .join(' · ')}
    </td>
    <td>
      <Id of={model.weights.digest} />
      <DownloadWeights model={model} /> <Bytes of={model.weights.bytes} />
    </td>
    <td>
      <FromNow at={model.createdAt} />
    </td>
    <td>
      <RollBack task={task} to={model} />
    </td>
  </tr>
)
