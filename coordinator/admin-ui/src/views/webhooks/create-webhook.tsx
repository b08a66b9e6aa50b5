import type { CreatedWebhookView } from '@tributary/protocols/rest'
import { useForm } from 'react-hook-form'
import { useAct, useRestPages } from '../../api/use-rest.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, FormProblem } from '../../ui/field.tsx'
import { Secret } from '../../ui/secret.tsx'

const EVENTS = [
  ['round.started', 'a round begins'],
  ['round.completed', 'it made a version'],
  ['round.abandoned', 'it made none, and why'],
  ['model.published', 'a version is there'],
  ['task.finished', 'a task has ended'],
] as const

const FIELDS = ['name', 'url', 'events', 'task']

type Event = (typeof EVENTS)[number][0]
type Wishes = { name: string; url: string; events: Event[]; task: string }

/** Makes a webhook, then shows the secret its deliveries are signed with, this once. */
export const CreateWebhook = ({ onClose }: { onClose: () => void }) => {
  const tasks = useRestPages('/tasks')
  const { register, handleSubmit } = useForm<Wishes>({
    defaultValues: { name: '', url: 'https://', events: ['round.abandoned', 'model.published'], task: '' },
  })
  const create = useAct<Wishes, CreatedWebhookView>({
    does: (api, { name, url, events, task }) =>
      api.post('/webhooks', {
        body: { name: name.trim(), url: url.trim(), events, ...(task !== '' && { task }) },
      }),
    changes: ['/webhooks'],
    quiet: true,
  })
  if (create.data) return <Created webhook={create.data} onClose={onClose} />
  const problem = create.error
  const submit = handleSubmit((wishes) => create.mutate(wishes))
  return (
    <ConfirmDialog
      title="Create a webhook"
      act="Create webhook"
      tone="primary"
      busy={create.isPending}
      onConfirm={() => void submit()}
      onClose={onClose}
    >
      <FormProblem problem={problem} at={FIELDS} />
      <Field label="Name" at="name" help="For people: what hears of it." problem={problem}>
        {(described) => <input {...described} autoComplete="off" {...register('name')} />}
      </Field>
      <Field
        label="Address"
        at="url"
        help="Gets a POST with a short JSON text. Private addresses are refused unless the coordinator was told to allow them."
        problem={problem}
      >
        {(described) => (
          <input {...described} inputMode="url" spellCheck={false} autoComplete="off" {...register('url')} />
        )}
      </Field>
      <Field label="Task" at="task" problem={problem}>
        {(described) => (
          <select {...described} {...register('task')}>
            <option value="">every task</option>
            {tasks.data?.items.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        )}
      </Field>
      <fieldset className="choices">
        <legend>Tell it when</legend>
        {EVENTS.map(([event, meaning]) => (
          <label key={event}>
            <input type="checkbox" value={event} {...register('events')} />
            <span>
              <code>{event}</code> <span className="help">{meaning}</span>
            </span>
          </label>
        ))}
        <FieldMistakes problem={problem} />
      </fieldset>
    </ConfirmDialog>
  )
}

const FieldMistakes = ({ problem }: { problem: Parameters<typeof FormProblem>[0]['problem'] }) => {
  const wrong = problem?.mistakes.filter(({ path }) => path.replace(/^body\./, '').startsWith('events')) ?? []
  return wrong.length === 0 ? null : (
    <p className="field-wrong" role="alert">
      {wrong.map(({ message }) => message).join('; ')}
    </p>
  )
}

const CHECK = `import { createHmac, timingSafeEqual } from 'node:crypto'

// headers have names in lower case; body is the bytes as they came
export const isGenuine = (secret, headers, body, now = Date.now() / 1000) => {
  if (!(Math.abs(now - Number(headers['webhook-timestamp'])) < 300)) return false
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const mac = createHmac('sha256', key)
    .update(\`\${headers['webhook-id']}.\${headers['webhook-timestamp']}.\`)
    .update(body)
    .digest()
  return (headers['webhook-signature'] ?? '').split(' ').some((signature) => {
    const [version, base64 = ''] = signature.split(',')
    const given = Buffer.from(base64, 'base64')
    return version === 'v1' && given.length === mac.length && timingSafeEqual(given, mac)
  })
}`

const Created = ({ webhook, onClose }: { webhook: CreatedWebhookView; onClose: () => void }) => (
  <Dialog title={`Webhook “${webhook.name}”`} wide close="Done" onClose={onClose}>
    <p>
      <b>Shown this once.</b> Deliveries are signed with this secret; keep it where the receiver finds it.
    </p>
    <Secret label="Secret" text={webhook.secret} />
    <p>
      The receiver checks every delivery before it believes it (Standard Webhooks 1.0, whose libraries do this
      in a dozen languages):
    </p>
    <Secret label="In Node" text={CHECK} />
    <p className="help">
      Then open the webhook and choose <b>Send a ping</b> to try it.
    </p>
  </Dialog>
)
