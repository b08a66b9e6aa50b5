import { useRestPages } from '../../api/use-rest.ts'
import { useWhyNot } from '../../session/use-session.ts'
import { Id } from '../../ui/id.tsx'

/** The invitation by its name where the reader may know it and it is among the newest; else by its id. */
export const EnrolledBy = ({ id }: { id: string }) =>
  useWhyNot('operator') === undefined ? <Named id={id} /> : <Id of={id} />

const Named = ({ id }: { id: string }) => {
  const invitations = useRestPages('/enrolment-tokens')
  const name = invitations.data?.items.find((invitation) => invitation.id === id)?.name
  return (
    <span>
      {name && <>“{name}” </>}
      <Id of={id} />
    </span>
  )
}
