/** Taking part: events, models, what is made of them, and what goes wrong. */
import { aGate } from '../../fleet/gate.ts'
import { rowsOf } from '../../fleet/line-clients.ts'
import { lineTrainer, predicted } from '../../fleet/line-trainer.ts'
import { rejects, same, until } from '../claims.ts'
import type { Case } from '../environment.ts'
import { listen } from '../heard.ts'

const rows = rowsOf(1)
const X = [0.5, -1] as const

export const rounds: readonly Case[] = [
  {
    title: 'events tell a round from the invitation to the new model, in order',
    async run({ createClient, operator, task }) {
      const client = createClient({ task, trainer: lineTrainer(rows), consent: 'granted' })
      const id = await client.enrol(await operator.invite())
      const heard = listen(client)
      await client.join()
      await until('the first model', () => client.model)
      same('what is heard on joining', heard.words, ['connecting', 'waiting', 'model 1'])
      heard.words.length = 0
      const round = await operator.begin(task)
      same('the round', await operator.ended(round), { phase: 'completed', received: [id], versions: [2] })
      await until('the second model', () => heard.has('model 2'))
      await client.leave()
      const [submitted, end, newModel] = [`submitted for ${round}`, `end of ${round}: completed`, 'model 2']
      // The update's answer and the round's end come over two connections: the client is waiting once both are told, or after the first.
      const [second, third] =
        heard.words.indexOf(end) < heard.words.indexOf('waiting') ? [end, 'waiting'] : ['waiting', end]
      same('what is heard of a round', heard.words, [
        `invited to ${round}`,
        'invited',
        'fetching',
        'training',
        `progress in ${round}`,
        `trained for ${round}`,
        'submitting',
        submitted,
        second,
        third,
        newModel,
        'idle',
      ])
    },
  },
  {
    title: 'the newest model predicts and is judged, and is there after a restart without another download',
    async run({ createClient, operator, task }) {
      const trainer = lineTrainer(rows)
      const client = createClient({ task, trainer, consent: 'granted' })
      await client.enrol(await operator.invite())
      await client.join()
      await operator.ended(await operator.begin(task))
      const model = await until('version 2', () => client.model?.version === 2 && client.model)
      const expected = predicted(model.weights, X)
      same('a prediction', await client.predict(X), expected)
      const judged = await client.evaluate()
      same('what it is judged by', judged.examples, rows.length)
      same(
        'the judgement',
        judged,
        await trainer.evaluate({ assignment: model.assignment, weights: model.weights }),
      )
      await client.leave()
      same('a prediction when it has left', await client.predict(X), expected)

      const blobs: string[] = []
      const surroundings = {
        fetch: (url: string, init?: RequestInit) => {
          if (url.includes('/blobs/')) blobs.push(url)
          return fetch(url, init)
        },
      }
      const later = createClient({ task, trainer, consent: 'granted', surroundings })
      await later.join()
      await until('the model', () => later.model)
      same('a prediction after a restart', await later.predict(X), expected)
      same('downloads', blobs, [])
      await later.leave()
    },
  },
  {
    title: 'a trainer that only trains is told apart: cannot-predict, cannot-evaluate',
    async run({ createClient, operator, task }) {
      const { train } = lineTrainer(rows)
      const client = createClient({ task, trainer: { train }, consent: 'granted' })
      await client.enrol(await operator.invite())
      await client.join()
      await until('a model', () => client.model)
      await rejects('predicting', client.predict(X as never), 'cannot-predict')
      await rejects('evaluating', client.evaluate(), 'cannot-evaluate')
      await client.leave()
    },
  },
  {
    title: 'who leaves is invited no more, and who joins again is',
    async run({ createClient, operator, task }) {
      const client = createClient({ task, trainer: lineTrainer(rows), consent: 'granted' })
      const id = await client.enrol(await operator.invite())
      const heard = listen(client)
      await client.join()
      await client.leave()
      same('the state', client.state, { is: 'idle' })
      await client.leave()
      const round = await operator.begin(task)
      await client.join()
      same('the round', (await operator.ended(round)).received, [id])
      await client.leave()
      same('errors', heard.errors, [])
    },
  },
  {
    title: 'who leaves while it trains ends the training, and tells the round',
    async run({ createClient, operator, task }) {
      let aborted = false
      const trainer = lineTrainer(rows, {
        hold: (signal) =>
          aGate()
            .hold(signal)
            .catch((error) => {
              aborted = true
              throw error
            }),
      })
      const client = createClient({ task, trainer, consent: 'granted' })
      const id = await client.enrol(await operator.invite())
      const heard = listen(client)
      await client.join()
      const round = await operator.begin(task)
      await until('its training', () => client.state.is === 'training')
      await client.leave()
      same('whether the training was ended', aborted, true)
      same('what is heard', heard.has(`submitted for ${round}`), false)
      same('the state', client.state.is, 'idle')
      same('the round', (await operator.ended(round)).phase, 'abandoned')
      same('what it is to the round', await operator.statusOf(round, id), 'failed')
    },
  },
  {
    title: 'a round that is abandoned ends the training, and the next one finds the client free',
    async run({ createClient, operator, task }) {
      const gate = aGate()
      const client = createClient({ task, trainer: lineTrainer(rows, gate), consent: 'granted' })
      const id = await client.enrol(await operator.invite())
      const heard = listen(client)
      await client.join()
      const first = await operator.begin(task)
      await until('its training', () => client.state.is === 'training')
      await operator.abandon(first)
      await until('the end', () => heard.has(`end of ${first}: abandoned`))
      gate.open()
      const second = await operator.begin(task)
      same('the second round', (await operator.ended(second)).received, [id])
      await client.leave()
    },
  },
  {
    title: 'a training that throws costs the round, is told with its cause, and no more',
    async run({ createClient, operator, task }) {
      let trainings = 0
      const trainer = lineTrainer(rows, {
        hold: async () => {
          if (++trainings === 1) throw new Error('out of luck')
        },
      })
      const client = createClient({ task, trainer, consent: 'granted' })
      const id = await client.enrol(await operator.invite())
      const heard = listen(client)
      await client.join()
      const first = await operator.begin(task)
      same('the first round', (await operator.ended(first)).phase, 'abandoned')
      await until('the failure', () => heard.has(`failed in ${first}: training-error`))
      same(
        'the error',
        heard.errors.map(({ code, cause }) => [code, String(cause)]),
        [['training-failed', 'Error: out of luck']],
      )
      const second = await operator.begin(task)
      same('the second round', (await operator.ended(second)).received, [id])
      await client.leave()
    },
  },
  {
    title: 'an invitation that the app declines is declined, and nothing trains',
    async run({ createClient, operator, task }) {
      const trainer = lineTrainer(rows)
      const client = createClient({ task, trainer, consent: 'granted', onInvitation: () => 'busy' })
      const id = await client.enrol(await operator.invite())
      await client.join()
      const round = await operator.begin(task)
      same('the round', (await operator.ended(round)).phase, 'abandoned')
      same('what it is to the round', await operator.statusOf(round, id), 'declined')
      same('trainings', trainer.trainings, [])
      await client.leave()
    },
  },
  {
    title: 'a listener that throws is told of as an error, and keeps nobody else from hearing',
    async run({ createClient, operator, task }) {
      const client = createClient({ task, trainer: lineTrainer(rows), consent: 'granted' })
      await client.enrol(await operator.invite())
      client.on('model', () => {
        throw new Error('the app’s own mistake')
      })
      const heard = listen(client)
      await client.join()
      await until('the model', () => heard.has('model 1'))
      same(
        'errors',
        heard.errors.map(({ code, cause }) => [code, String(cause)]),
        [['listener-failed', 'Error: the app’s own mistake']],
      )
      const stop = client.on('state', () => heard.words.push('too much'))
      stop()
      await client.leave()
      same('what is heard after it was stopped', heard.has('too much'), false)
    },
  },
  {
    title: 'a client that is turned away stops, and says which way: unknown-task, revoked',
    async run({ createClient, operator, task }) {
      const client = createClient({ task, trainer: lineTrainer(rows), consent: 'granted' })
      const id = await client.enrol(await operator.invite())
      const lost = client.another({ task: `${task}-lost`, trainer: lineTrainer(rows) })
      const heardOfLost = listen(lost)
      void lost.join()
      await until('its end', () => lost.state.is === 'stopped')
      same(
        'its errors',
        heardOfLost.errors.map(({ code }) => code),
        ['unknown-task'],
      )
      const heard = listen(client)
      await client.join()
      await until('a model', () => client.model)
      await operator.revoke(id)
      await until('the end', () => client.state.is === 'stopped')
      same(
        'its errors',
        heard.errors.map(({ code }) => code),
        ['revoked'],
      )
      await rejects('joining when revoked', client.join(), 'revoked')
    },
  },
]
