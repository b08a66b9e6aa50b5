import { TaskId } from '@tributary/protocols'
import type { PrivacyLedger, RoundNoise } from '@tributary/protocols/privacy'
import * as z from 'zod'
import { loadStorage } from '../config.ts'
import { type LedgerReport, reportOfLedger } from '../operate/privacy-ledger.ts'
import type { Task } from '../ports/records.ts'
import { STORAGE_NOTES, STORAGE_USAGE } from '../settings/storage-settings.ts'
import { openSnapshot } from '../storage.ts'
import { type Command, printJson } from './command.ts'

export const privacyLedgerCommand: Command = {
  name: 'privacy ledger',
  summary: 'what a task has spent of its privacy, for which rounds, and how many it has left',
  usage: `tributary privacy ledger --task ID [--json] [flags]

Reads beside a running coordinator, and changes nothing. Rounds are charged before they begin: one that was abandoned is among them.
Exit code 1 where the task promises no differential privacy, or has no round left.

  --task ID              the task
  --json                 the answer as JSON
${STORAGE_USAGE}
${STORAGE_NOTES}`,
  failed: 'The ledger cannot be read.',
  async run(call) {
    const { storage, flags, isOn } = loadStorage(call, {
      flags: z.object({ task: z.string('must name a task').pipe(TaskId) }),
      switches: ['json'],
      operands: [],
    })
    const id = flags.task
    const snapshot = await openSnapshot(storage)
    let found: { task: Task | undefined; ledger: PrivacyLedger | undefined }
    try {
      found = { task: await snapshot.tasks.get(id), ledger: await snapshot.ledgers.get(id) }
    } finally {
      await snapshot.close()
    }
    if (!found.task) throw new Error(`there is no task ${id}`)
    const report = reportOfLedger(found.task.file, found.ledger)
    if (!report) {
      call.print(`Task ${id} promises no differential privacy: it has no ledger.\n`)
      return 1
    }
    if (isOn('json')) printJson(call, { task: id, ...report })
    else call.print(inWords(id, report))
    return report.roundsLeft === 0 ? 1 : 0
  },
}

const inWords = (task: TaskId, { mechanism, budget, spent, charged, roundsLeft }: LedgerReport): string => {
  const spentInWords = spent
    ? `ε = ${spent.epsilon === null ? 'none that is finite' : short(spent.epsilon)}, one ${spent.unit}, relation ${spent.relation}, for ${spent.rounds} ${spent.rounds === 1 ? 'round' : 'rounds'}`
    : 'nothing'
  const entries = charged.map(
    ({ noise, rounds }) =>
      `  ${rounds.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`)).join(', ')}: ${noiseInWords(noise)}\n`,
  )
  return `Task ${task}: ${mechanism} noise, budget ε = ${short(budget.epsilon)} at δ = ${budget.delta}
Spent: ${spentInWords}
Rounds charged:${entries.length > 0 ? `\n${entries.join('')}` : ' none\n'}Rounds left: ${roundsLeft === 'unlimited' ? 'as many as there will be: no client takes part in more than were paid for' : roundsLeft}
`
}

const noiseInWords = (noise: RoundNoise): string =>
  noise.kind === 'gaussian'
    ? `gaussian, multiplier ${short(noise.multiplier)}`
    : `${noise.kind} of ${noise.clients} clients, multiplier ${short(Math.sqrt(noise.variance * noise.clients) / noise.l2)}`

const short = (value: number): string => String(Number(value.toPrecision(4)))
