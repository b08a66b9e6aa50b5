type Invitation = { coordinator: string; token: string }

/** What the QR code says. */
export const invitationText = ({ coordinator, token }: Invitation): string =>
  JSON.stringify({ coordinator, token })

/** The lines by which a client enrols and takes part, to be pasted. */
export const enrolmentCode = ({ coordinator, token, task }: Invitation & { task: string }): string =>
  `import { createNodeClient } from '@tributary/client-sdk/node'
import { createTfjsTrainer } from '@tributary/client-sdk/tfjs'

const client = createNodeClient({
  coordinator: '${coordinator}',
  task: '${task}',
  trainer: createTfjsTrainer({ examples }), // your examples stay with the client
  consent: 'granted', // by whoever the examples are of; in an app, ask: client.consent.grant()
})
await client.enrol('${token}') // once in a client's life
await client.join()`
