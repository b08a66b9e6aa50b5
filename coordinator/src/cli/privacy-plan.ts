import { TaskFile } from '@tributary/protocols/task'
import * as z from 'zod'
import { readTextFile } from '../adapters/files/text-file.ts'
import { planOfTask, type TaskPrivacyPlan } from '../operate/privacy-plan.ts'
import { readSettings } from '../settings/read-settings.ts'
import { type Command, printJson } from './command.ts'

const count = z
  .string()
  .regex(/^[1-9]\d{0,9}$/, 'must be a whole number from 1')
  .transform(Number)
const positive = z
  .string()
  .transform(Number)
  .refine((value) => value > 0 && Number.isFinite(value), 'must be a number above 0')

export const privacyPlanCommand: Command = {
  name: 'privacy plan',
  summary:
    'what differential privacy will cost a task, before it begins: noise, ε, and whether it still learns',
  usage: `tributary privacy plan --task FILE [--rounds N] [--epsilon E] [--population N] [--json]

Reads a task file and nothing else. Says which ε the task's noise amounts to after so many rounds, or with --epsilon which noise
keeps it; how long the noise on a round's mean is beside the longest delta; and how many rounds the budget allows.
Exit code 0 where it learns, be it slowly; 1 where the noise drowns what is learnt, the budget allows no round, or a coordinator would
refuse the task.

  --task FILE            the task file
  --rounds N             rounds to plan for (what the file's stop rule says, or 1)
  --epsilon E            a target, in place of the file's noise
  --population N         clients there are: δ is held against it
  --json                 the answer as JSON
`,
  failed: 'The privacy of this task cannot be planned.',
  async run(call) {
    const { flags, isOn } = readSettings(
      {
        settings: z.object({}),
        flags: z.object({
          task: z.string().min(1, 'must name a task file'),
          rounds: count.optional(),
          epsilon: positive.optional(),
          population: count.optional(),
        }),
        fromFiles: [],
        switches: ['json'],
        operands: [],
      },
      { ...call, readText: readTextFile },
    )
    const file = taskFileOf(readTextFile(flags.task))
    const { rounds, epsilon, population } = flags
    const planned = planOfTask(file, {
      ...(rounds !== undefined && { rounds }),
      ...(epsilon !== undefined && { epsilon }),
      ...(population !== undefined && { population }),
    })
    if (!planned) {
      call.print(`Task ${file.id} promises no differential privacy: it has no privacy.differentialPrivacy.\n`)
      return 1
    }
    if (isOn('json')) printJson(call, planned)
    else call.print(inWords(file, planned))
    return planned.plan.verdict === 'drowns' || planned.roundsOfBudget === 0 ? 1 : 0
  },
}

const taskFileOf = (text: string): TaskFile => {
  const parsed = TaskFile.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  throw new Error(`it is no task file: ${z.prettifyError(parsed.error)}`)
}

const VERDICTS = {
  learns: 'It learns: the noise on a round is no longer than a whole delta.',
  slow: 'It learns slowly: many rounds have to average the noise out.',
  drowns: 'It is refused: the noise drowns what is learnt.',
}

const inWords = (file: TaskFile, planned: TaskPrivacyPlan): string => {
  const { mechanism, parameters, cohort, rounds, plan, roundsOfBudget, mistakes } = planned
  const { claim, multiplier, valueMultiplier, signalToNoise, verdict, reasons } = plan
  return `Task ${file.id}: ${mechanism} noise on ${parameters} parameters, ${cohort} updates a round at least
After ${rounds} ${rounds === 1 ? 'round' : 'rounds'}: ε = ${claim.epsilon === null ? 'none' : short(claim.epsilon)} at δ = ${claim.delta}, one ${claim.unit}, relation ${claim.relation}
Noise multiplier ${short(multiplier)}${valueMultiplier === multiplier ? '' : `, of which ${short(valueMultiplier)} on the values beside a count of those within the norm`}; signal to noise ${short(signalToNoise)}
The budget allows ${roundsOfBudget === 'unlimited' ? 'any number of rounds' : `${roundsOfBudget} rounds`}
${VERDICTS[verdict]}
${reasons.map((reason) => `- ${reason}`).join('\n')}
${mistakes.map(({ path, message }) => `A coordinator refuses the task: ${path}: ${message}\n`).join('')}`
}

const short = (value: number): string => String(Number(value.toPrecision(4)))
