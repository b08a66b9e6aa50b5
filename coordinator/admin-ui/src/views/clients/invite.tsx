import type { EnrolmentTokenView } from '@tributary/protocols/rest'
import { useForm } from 'react-hook-form'
import { useAct } from '../../api/use-rest.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Field, FormProblem } from '../../ui/field.tsx'
import { Invited } from './invited.tsx'

const HOUR = 3_600
const LASTS = [
  ['1 hour', HOUR],
  ['1 day', 24 * HOUR],
  ['7 days', 7 * 24 * HOUR],
  ['30 days', 30 * 24 * HOUR],
  ['365 days', 365 * 24 * HOUR],
] as const

const FIELDS = ['name', 'uses', 'expiresInSeconds']

type Wishes = { name: string; uses: number; expiresInSeconds: number }

/** Makes an invitation, then shows its code, this once. */
export const Invite = ({ onClose }: { onClose: () => void }) => {
  const { register, handleSubmit } = useForm<Wishes>({
    defaultValues: { name: '', uses: 1, expiresInSeconds: 7 * 24 * HOUR },
  })
  const invite = useAct<Wishes, EnrolmentTokenView>({
    does: (api, body) => api.post('/enrolment-tokens', { body }),
    changes: ['/enrolment-tokens'],
    quiet: true,
  })
  if (invite.data) return <Invited invitation={invite.data} onClose={onClose} />
  const submit = handleSubmit(({ name, uses, expiresInSeconds }) =>
    invite.mutate({ name: name.trim(), uses: Number(uses), expiresInSeconds: Number(expiresInSeconds) }),
  )
  return (
    <ConfirmDialog
      title="Invite clients"
      act="Make invitation"
      tone="primary"
      busy={invite.isPending}
      onConfirm={() => void submit()}
      onClose={onClose}
    >
      <FormProblem problem={invite.error} at={FIELDS} />
      <Field label="Name" at="name" help="For people: where the invitation goes." problem={invite.error}>
        {(described) => <input {...described} autoComplete="off" {...register('name')} />}
      </Field>
      <div className="field-row">
        <Field label="Clients" at="uses" help="How many may enrol with it." problem={invite.error}>
          {(described) => <input {...described} type="number" inputMode="numeric" {...register('uses')} />}
        </Field>
        <Field label="Lasts for" at="expiresInSeconds" problem={invite.error}>
          {(described) => (
            <select {...described} {...register('expiresInSeconds')}>
              {LASTS.map(([name, seconds]) => (
                <option key={name} value={seconds}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
    </ConfirmDialog>
  )
}
