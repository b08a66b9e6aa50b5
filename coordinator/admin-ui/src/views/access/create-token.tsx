import type { OperatorTokenView, RoleName } from '@tributary/protocols/rest'
import { useForm } from 'react-hook-form'
import { useAct } from '../../api/use-rest.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, FormProblem } from '../../ui/field.tsx'
import { Secret } from '../../ui/secret.tsx'
import { MAY } from './may.ts'

type Wishes = { name: string; role: RoleName }

const ROLES: readonly RoleName[] = ['viewer', 'operator', 'admin']

/** Makes an operator token, then shows its text, this once. */
export const CreateToken = ({ onClose }: { onClose: () => void }) => {
  const { register, handleSubmit } = useForm<Wishes>({ defaultValues: { name: '', role: 'viewer' } })
  const create = useAct<Wishes, OperatorTokenView>({
    does: (api, { name, role }) => api.post('/operator-tokens', { body: { name: name.trim(), role } }),
    changes: ['/operator-tokens'],
    quiet: true,
  })
  if (create.data) return <Created token={create.data} onClose={onClose} />
  const submit = handleSubmit((wishes) => create.mutate(wishes))
  return (
    <ConfirmDialog
      title="Create an operator token"
      act="Create token"
      tone="primary"
      busy={create.isPending}
      onConfirm={() => void submit()}
      onClose={onClose}
    >
      <FormProblem problem={create.error} at={['name', 'role']} />
      <Field label="Name" at="name" help="For people: who or what uses it." problem={create.error}>
        {(described) => <input {...described} autoComplete="off" {...register('name')} />}
      </Field>
      <fieldset className="choices">
        <legend>Role</legend>
        {ROLES.map((role) => (
          <label key={role}>
            <input type="radio" value={role} {...register('role')} />
            <span>
              {role} <span className="help">{MAY[role]}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </ConfirmDialog>
  )
}

const Created = ({
  token: { name, role, token },
  onClose,
}: {
  token: OperatorTokenView
  onClose: () => void
}) => (
  <Dialog title={`Token “${name}”`} wide close="Done" onClose={onClose}>
    <p>
      <b>Shown this once.</b> Whoever has it is {role} here: hand it over by a safe way.
    </p>
    <Secret label="Token" text={token} />
    <Secret
      label="With curl"
      text={`curl -H 'authorization: Bearer ${token}' ${location.origin}/api/v1/overview`}
    />
  </Dialog>
)
