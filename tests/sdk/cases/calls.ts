/** Signals, further tasks, and leaving for good. */
import { aGate } from '../../fleet/gate.ts'
import { rowsOf } from '../../fleet/line-clients.ts'
import { lineTrainer } from '../../fleet/line-trainer.ts'
import { rejects, same, until } from '../claims.ts'
import type { Case } from '../environment.ts'
import { listen } from '../heard.ts'

const rows = rowsOf(2)
const enough = () => {
  const controller = new AbortController()
  return { ...controller, signal: controller.signal, stop: () => controller.abort() }
}

export const calls: readonly Case[] = [
  {
    title: 'a signal that has aborted ends every call before it begins',
    async run({ createClient, operator, task }) {
      const signal = AbortSignal.abort()
      const client = createClient({ task, trainer: lineTrainer(rows), consent: 'granted' })
      await rejects('enrolling', client.enrol(await operator.invite(), { signal }), 'AbortError')
      await rejects('joining', client.join({ signal }), 'AbortError')
      await rejects('predicting', client.predict([0, 0], { signal }), 'AbortError')
      await rejects('evaluating', client.evaluate({ signal }), 'AbortError')
      await rejects('erasing', client.erase({ signal }), 'AbortError')
      await rejects('withdrawing', client.withdraw({ signal }), 'AbortError')
      same('the state', client.state, { is: 'idle' })
    },
  },
  {
    title: 'the signal of joining leaves, before the welcome and long after it',
    async run({ createClient, operator, task }) {
      const early = enough()
      const waiting = createClient({
        coordinator: 'http://127.0.0.1:1',
        task,
        trainer: lineTrainer(rows),
        consent: 'granted',
      }).join({ signal: early.signal })
      early.stop()
      await rejects('joining', waiting, 'AbortError')

      const late = enough()
      const client = createClient({ task, trainer: lineTrainer(rows), consent: 'granted' })
      await client.enrol(await operator.invite())
      await client.join({ signal: late.signal })
      late.stop()
      await until('it to have left', () => client.state.is === 'idle')
      await client.join()
      await client.leave()
    },
  },
  {
    title: 'the signal of a prediction ends the waiting for it',
    async run({ createClient, operator, task }) {
      const gate = aGate()
      const trainer = { ...lineTrainer(rows), predict: () => gate.hold(new AbortController().signal) }
      const client = createClient({ task, trainer, consent: 'granted' })
      await client.enrol(await operator.invite())
      await client.join()
      await until('a model', () => client.model)
      const { signal, stop } = enough()
      const predicting = client.predict(undefined as never, { signal })
      stop()
      await rejects('predicting', predicting, 'AbortError')
      gate.open()
      await client.leave()
    },
  },
  {
    title: 'one client takes part in several tasks, each of which is left by itself',
    async run({ createClient, operator, task }) {
      const second = `${task}-second`
      await operator.createTask(second)
      const one = createClient({ task, trainer: lineTrainer(rows), consent: 'granted' })
      const two = one.another({ task: second, trainer: lineTrainer(rows) })
      const id = await one.enrol(await operator.invite())
      same('the id', await two.id(), id)
      await Promise.all([one.join(), two.join()])
      const begun = await Promise.all([operator.begin(task), operator.begin(second)])
      const ended = await Promise.all(begun.map((round) => operator.ended(round)))
      same(
        'who was received',
        ended.map(({ received }) => received),
        [[id], [id]],
      )
      await one.leave()
      same('the states', [one.state.is, two.state.is], ['idle', 'waiting'])
      const third = await operator.begin(second)
      same('who was received then', (await operator.ended(third)).received, [id])
      await two.leave()
    },
  },
  {
    title: 'who erases leaves, is the same client, and may come back',
    async run({ createClient, operator, task }) {
      const client = createClient({ task, trainer: lineTrainer(rows), consent: 'granted' })
      const id = await client.enrol(await operator.invite())
      const heard = listen(client)
      await client.join()
      await client.erase()
      same('the state', client.state, { is: 'idle' })
      await client.join()
      same('who was received', (await operator.ended(await operator.begin(task))).received, [id])
      await client.leave()
      same('errors', heard.errors, [])
    },
  },
]
