import type { ModelView } from '@tributary/protocols/rest'
import { addressOf } from '../../api/client.ts'
import { Icon } from '../../ui/icon.tsx'

/** A link to a version's weights as a safetensors file. */
export const DownloadWeights = ({
  model: { task, version },
  named = false,
}: {
  model: ModelView
  named?: boolean
}) => (
  <a
    className={named ? 'button' : 'icon-button'}
    href={addressOf('/tasks/{task}/models/{version}/weights', { path: { task, version } })}
    download={`${task}-${version}.safetensors`}
    title={named ? undefined : 'Download the weights'}
  >
    <Icon name="download" />
    {named ? 'Download weights' : <span className="unseen">Download the weights of version {version}</span>}
  </a>
)
