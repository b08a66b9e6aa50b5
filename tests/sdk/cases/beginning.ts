/** Consent, identity and enrolment. */
import { memoryKeyStore } from '@tributary/client-sdk'
import { rowsOf } from '../../fleet/line-clients.ts'
import { lineTrainer } from '../../fleet/line-trainer.ts'
import { rejects, same, throws } from '../claims.ts'
import type { Case } from '../environment.ts'

const trainer = lineTrainer(rowsOf(1))
/** Nobody listens there, and neither Node nor browsers would ask. */
const NOWHERE = 'http://127.0.0.1:1'

export const beginning: readonly Case[] = [
  {
    title:
      'nothing is enrolled or joined, and nothing sent, before the person has agreed; that they have is kept',
    async run({ createClient, operator, task }) {
      const asked: string[] = []
      const surroundings = {
        fetch: (url: string, init?: RequestInit) => {
          asked.push(url)
          return fetch(url, init)
        },
      }
      const client = createClient({ task, trainer, surroundings })
      const token = await operator.invite()
      await rejects('enrolling', client.enrol(token), 'no-consent')
      await rejects('joining', client.join(), 'no-consent')
      same('what was asked for', asked, [])
      same('consent', await client.consent.whenRead(), 'unasked')
      const heard: string[] = []
      client.consent.on((state) => heard.push(state))
      await client.consent.grant({ wording: 'yes, please' })
      same('what was heard', heard, ['granted'])
      await client.enrol(token)
      await client.join()
      await client.leave()

      const later = createClient({ task, trainer })
      same('consent after a restart', await later.consent.whenRead(), 'granted')
      same('the words', later.consent.record?.wording?.text, 'yes, please')
      await later.join()
      await later.leave()
    },
  },
  {
    title: 'what the person has declined stands, whatever the app brings from elsewhere',
    async run({ createClient, operator, task }) {
      const client = createClient({ task, trainer, consent: 'granted' })
      await client.enrol(await operator.invite())
      await client.join()
      await client.consent.decline()
      same('the state', client.state, {
        is: 'held',
        by: [
          {
            by: 'consent',
            detail: 'the person whose device this is does not want to take part',
          },
        ],
      })
      await client.leave()
      await rejects(
        'joining after a restart',
        createClient({ task, trainer, consent: 'granted' }).join(),
        'no-consent',
      )
    },
  },
  {
    title: 'a device is one client, also after a restart, and enrols once',
    async run({ createClient, operator, task }) {
      const client = createClient({ task, trainer, consent: 'granted' })
      const token = await operator.invite()
      const id = await client.enrol(token)
      same('its id', await client.id(), id)
      same('its id, told again', await client.enrol(token), id)
      const later = createClient({ task, trainer, consent: 'granted' })
      same('its id after a restart', await later.id(), id)
      const other = createClient({ task, trainer, consent: 'granted', keys: memoryKeyStore() })
      same('whether another device is another', (await other.id()) === id, false)
      await rejects('another with a token that is used up', other.enrol(token), 'enrolment-refused')
    },
  },
  {
    title: 'what cannot be is refused with a code and a remedy, at the call',
    async run({ createClient, operator, task, coordinator }) {
      await throws('no task’s id', () => createClient({ task: 'No Task!', trainer }), 'bad-options')
      await throws('no trainer', () => createClient({ task, trainer: undefined as never }), 'bad-options')
      const client = createClient({ task, trainer, consent: 'granted' })
      await throws('a task twice', () => client.another({ task, trainer }), 'bad-options')
      await rejects('no token', client.enrol('nonsense'), 'enrolment-refused')
      await rejects('joining before enrolling', client.join(), 'not-enrolled')
      await rejects('predicting without a model', client.predict([1, 2]), 'no-model')
      await rejects('evaluating without a model', client.evaluate(), 'no-model')
      await client.enrol(await operator.invite())
      const joining = client.join()
      await rejects('joining twice', client.join(), 'already-joined')
      await joining
      await client.leave()
      same('the address that it was given', new URL(coordinator).protocol, 'http:')
    },
  },
  {
    title: 'where no coordinator is, enrolling says so, and joining waits until it is told to stop',
    async run({ createClient, operator, task }) {
      const client = createClient({ coordinator: NOWHERE, task, trainer, consent: 'granted' })
      await rejects('enrolling', client.enrol(await operator.invite()), 'unreachable')
      const joining = client.join()
      same('the state', client.state.is === 'waiting', false)
      await client.leave()
      await rejects('joining', joining, 'left')
    },
  },
  {
    title: 'a key that is none is told as one',
    async run({ createClient, task }) {
      const keys = {
        load: async () => new Uint8Array(5),
        keep: async (seed: Uint8Array) => seed,
        erase: async () => {},
      }
      await rejects('the id', createClient({ task, trainer, keys }).id(), 'bad-key')
    },
  },
]
