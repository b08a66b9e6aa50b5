import type { TaskId } from '@tributary/protocols'
import { systemClock } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { granted, RestProblem, StrangeAnswerError, UnreachableError } from '../../rest-client/rest-client.ts'
import { plainText } from '../../terminal/terminal-text.ts'
import { printJson } from '../command.ts'
import { EXIT, InterruptedError } from '../exit-codes.ts'
import { type Remote, timeText, waitOrEnd } from './remote-command.ts'
import { endText, isOver, type RoundView } from './round-text.ts'
import { createLivePicture, frameLines } from './watch-frame.ts'
import { changedSince, eventsOf, firstLook, type Until, type Watched } from './watched-rounds.ts'

export const EVERY_USAGE = `  --every SECONDS        how often to look (1)
`
export const everyFlag = {
  every: z
    .string()
    .regex(/^\d{1,4}(?:\.\d)?$/, 'must be seconds, 0.1 to 3600')
    .transform(Number)
    .refine((value) => value >= 0.1 && value <= 3_600, 'must be seconds, 0.1 to 3600')
    .default(1),
}

const PAGE = 20
const EVENTS_SHOWN = 6

/** Looks at a task's rounds again and again, and shows what changes; resolves with the exit code. */
export const watchRounds = async (
  remote: Pick<Remote<unknown, string, unknown>, 'restWith' | 'call' | 'json' | 'colour'>,
  { task, everySeconds, until }: { task: TaskId; everySeconds: number; until: Until },
): Promise<number> => {
  const { call, json, colour } = remote
  const rest = remote.restWith({ answerMs: 10_000, tries: 1 })
  const signal = call.interruption()
  const clock = systemClock()
  const isLive = call.screen.isTerminal && !json
  const picture = createLivePicture(call.print)
  const events: string[] = []
  let watched: Watched | undefined
  let awaySince: number | undefined

  const look = async (): Promise<RoundView[]> => {
    const path = { task }
    const { items } = await granted(
      rest.GET('/api/v1/tasks/{task}/rounds', { params: { path, query: { limit: PAGE } }, signal }),
    )
    return items
  }
  const tell = (event: string): void => {
    events.push(event)
    if (events.length > EVENTS_SHOWN) events.shift()
    if (!isLive && !json) call.print(`${timeText(new Date(clock.now()).toISOString())} ${plainText(event)}\n`)
  }
  const draw = (): void => {
    if (!isLive) return
    const { columns } = call.screen
    picture.draw(
      frameLines({ task, round: watched?.newest, events, now: clock.now(), awaySince }, { colour, columns }),
    )
  }
  const take = (rounds: readonly RoundView[]): number | undefined => {
    const before = watched
    const looked = before ?? firstLook(rounds, until)
    const isFirst = before === undefined
    for (const round of isFirst ? rounds.slice(0, 1) : changedSince(looked, rounds)) {
      if (json) printJson(call, round, 0)
      const isNews = !isFirst || !isOver(round) || round.number === looked.target
      const told = isNews ? eventsOf(watched?.newest, round) : [`${endText(round)} Waiting for the next.`]
      for (const event of told) tell(event)
      watched = { ...looked, newest: round }
    }
    if (isFirst && rounds.length === 0) tell(`Task ${task} had no round yet; waiting for the first.`)
    watched ??= looked
    const target = rounds.find(({ number }) => number === watched?.target)
    return target && isOver(target) ? (target.phase === 'completed' ? EXIT.done : EXIT.failed) : undefined
  }

  try {
    for (;;) {
      try {
        const rounds = await look()
        if (awaySince !== undefined) tell('The coordinator answers again.')
        awaySince = undefined
        const code = take(rounds)
        draw()
        if (code !== undefined) return code
      } catch (error) {
        if (signal.aborted) throw new InterruptedError('interrupted', { cause: error })
        if (watched === undefined || !isPassing(error)) throw error
        if (awaySince === undefined) {
          awaySince = clock.now()
          tell(`The coordinator is away: ${error instanceof Error ? error.message : error} Trying on.`)
          if (json) call.complain('The coordinator is away; trying on.\n')
        }
        draw()
      }
      await waitOrEnd(everySeconds * 1_000, signal)
    }
  } catch (error) {
    if (error instanceof InterruptedError) return EXIT.interrupted
    throw error
  }
}

/** What may be over at the next look. */
const isPassing = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  (error instanceof StrangeAnswerError && error.status >= 500) ||
  (error instanceof RestProblem && (error.status >= 500 || error.status === 429))
