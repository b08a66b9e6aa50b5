/** The `tributary` command as operators run it: a process of its own. */
import { spawn } from 'node:child_process'
import { COMPILED, MAIN } from './coordinator-process.ts'

export type Outcome = { code: number | null; out: string; err: string }

export type CommandOptions = {
  /** Words before the command. */
  command?: readonly string[]
  /** Further variables: for what does not belong on a command line. */
  env?: Record<string, string>
  /** Ends it as a power cut would once this says so. */
  killWhen?: () => Promise<boolean>
}

/** Runs it to its end. */
export const tributary = async (
  args: readonly string[],
  { command: before = [], env = {}, killWhen }: CommandOptions = {},
): Promise<Outcome> => {
  const [command = process.execPath, ...words] = [
    ...before,
    process.execPath,
    '--conditions=source',
    MAIN,
    ...args,
  ]
  const child = spawn(command, words, {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    said.out += piece
  })
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    said.err += piece
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  while (killWhen && child.exitCode === null)
    if (await killWhen()) {
      child.kill('SIGKILL')
      break
    } else await new Promise(setImmediate)
  return { code: await ended, ...said }
}

/** What it prints with `--json`, where it ended with this code. Throws with what it said otherwise. */
export const tributaryJson = async (
  args: readonly string[],
  code = 0,
  options: CommandOptions = {},
): Promise<Record<string, unknown>> => {
  const outcome = await tributary([...args, '--json'], options)
  if (outcome.code !== code)
    throw new Error(
      `tributary ${args[0]} ended with ${outcome.code}, not ${code}:\n${outcome.out}${outcome.err}`,
    )
  return JSON.parse(outcome.out)
}
