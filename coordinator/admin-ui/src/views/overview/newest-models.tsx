import type { ModelView } from '@tributary/protocols/rest'
import { memo } from 'react'
import { Link } from 'wouter'
import { addressOf } from '../../api/client.ts'
import { formatMeasure } from '../../format/number.ts'
import { Bytes } from '../../ui/bytes.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Id } from '../../ui/id.tsx'
import { Panel } from '../../ui/panel.tsx'
import { ScrollFrame } from '../../ui/scroll-frame.tsx'
import { FromNow } from '../../ui/time.tsx'

/** The newest version of each task, and where it came from. */
export const NewestModels = memo(({ models }: { models: readonly ModelView[] }) => (
  <Panel title="Newest versions">
    {models.length === 0 ? (
      <EmptyState title="No version yet">
        A task's first version is made with the task. <Link href="/tasks/_new">Create a task</Link>.
      </EmptyState>
    ) : (
      <ScrollFrame label="Table of the newest versions">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col" className="number">
                Version
              </th>
              <th scope="col">Origin</th>
              <th scope="col">Metrics</th>
              <th scope="col" className="number">
                Size
              </th>
              <th scope="col">Weights</th>
              <th scope="col">Made</th>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <tr key={model.task}>
                <th scope="row">
                  <Link href={`/tasks/${model.task}?tab=models`}>{model.task}</Link>
                </th>
                <td className="number">{model.version}</td>
                <td>{originOf(model)}</td>
                <td>{metricsOf(model)}</td>
                <td className="number">
                  <Bytes of={model.weights.bytes} />
                </td>
                <td>
                  <Id of={model.weights.digest} />
                  <Download model={model} />
                </td>
                <td>
                  <FromNow at={model.createdAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollFrame>
    )}
  </Panel>
))

const Download = ({ model: { task, version } }: { model: ModelView }) => (
  <a
    className="icon-button"
    href={addressOf('/tasks/{task}/models/{version}/weights', { path: { task, version } })}
    download={`${task}-${version}.safetensors`}
    title="Download the weights"
  >
    <Icon name="download" />
    <span className="unseen">
      Download the weights of {task}, version {version}
    </span>
  </a>
)

const originOf = ({ origin }: ModelView): string => {
  switch (origin.kind) {
    case 'initial':
      return 'first version'
    case 'imported':
      return 'imported'
    case 'round':
      return origin.round
    case 'rollback':
      return `rolled back to ${origin.to}`
    default: {
      const never: never = origin
      return never
    }
  }
}

const metricsOf = ({ origin }: ModelView): string =>
  origin.kind === 'round'
    ? Object.entries(origin.metrics)
        .map(([name, value]) => `${name} ${formatMeasure(value)}`)
        .join(' · ')
    : ''
