import type { EnrolmentTokenView } from '@tributary/protocols/rest'
import { useRest } from '../../api/use-rest.ts'
import { plural } from '../../format/number.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import { Secret } from '../../ui/secret.tsx'
import { Time } from '../../ui/time.tsx'
import { enrolmentCode, invitationText } from './enrolment-code.ts'

/** An invitation's code, which nobody can read again once this is closed. */
export const Invited = ({
  invitation: { name, token, usesLeft, expiresAt },
  onClose,
}: {
  invitation: EnrolmentTokenView
  onClose: () => void
}) => {
  const tasks = useRest('/tasks', { query: { limit: 1 } })
  const coordinator = location.origin
  return (
    <Dialog title={`Invitation “${name}”`} wide close="Done" onClose={onClose}>
      <div className="invited">
        <p>
          <b>Shown this once.</b> Good for {plural(usesLeft, 'client')} until <Time at={expiresAt} />. Whoever
          has the code can enrol.
        </p>
        <Secret label="Code" text={token} />
        <div className="invited-ways">
          <QrCode
            text={invitationText({ coordinator, token })}
            label={`QR code of the invitation “${name}”`}
          />
          <p className="help">
            The QR code holds this coordinator's address and the code as JSON:{' '}
            <code>{'{"coordinator":"…","token":"…"}'}</code>. An app reads it with its camera and enrols.
          </p>
        </div>
        <Secret
          label="In a client"
          text={enrolmentCode({ coordinator, token, task: tasks.data?.items[0]?.id ?? 'my-task' })}
        />
      </div>
    </Dialog>
  )
}
