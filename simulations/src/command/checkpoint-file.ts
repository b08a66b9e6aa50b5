/**
 * A run that may be gone on with, as one file: a first line that names the format and the SHA-256 of what follows, a line of JSON, and
 * the bytes that it lists. It is written beside, synced and renamed, so a file of that name is whole or was damaged since.
 */
import { createHash } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import * as z from 'zod'
import { type Checkpoint, Scenario, SimulatedRound } from '../scenarios/index.ts'
import { FolderError } from './folder-error.ts'
import { changedFields } from './same-scenario.ts'

const FORMAT = 'tributary checkpoint 1'

const Section = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('tables'), bytes: z.int().min(0) }),
  z.strictObject({ of: z.literal('blob'), bytes: z.int().min(0) }),
  /** One thing that a client keeps. */
  z.strictObject({
    of: z.literal('client'),
    client: z.int().min(0),
    name: z.string(),
    bytes: z.int().min(0),
  }),
])
type Section = z.infer<typeof Section>

const Head = z.strictObject({
  scenario: Scenario,
  seed: z.int().min(0),
  legs: z.int().min(1),
  at: z.number(),
  seconds: z.number().min(0),
  traffic: z.strictObject({ up: z.int(), down: z.int() }),
  rounds: z.array(SimulatedRound),
  sections: z.array(Section),
})
type Head = z.infer<typeof Head>

/** Whose run it is. */
export type RunOf = { scenario: Scenario; seed: number }

export const writeCheckpoint = async (
  file: string,
  { scenario, seed }: RunOf,
  { tables, blobs, clients, rounds, ...rest }: Checkpoint,
): Promise<void> => {
  const parts: { section: Section; bytes: Uint8Array }[] = [
    { section: { of: 'tables', bytes: tables.length }, bytes: tables },
    ...blobs.map((bytes) => ({ section: { of: 'blob' as const, bytes: bytes.length }, bytes })),
    ...[...clients].flatMap(([client, memory]) =>
      [...memory].map(([name, bytes]) => ({
        section: { of: 'client' as const, client, name, bytes: bytes.length },
        bytes,
      })),
    ),
  ]
  const head: Head = {
    scenario,
    seed,
    ...rest,
    rounds: [...rounds],
    sections: parts.map(({ section }) => section),
  }
  const content = [new TextEncoder().encode(`${JSON.stringify(head)}\n`), ...parts.map(({ bytes }) => bytes)]
  const sum = createHash('sha256')
  for (const bytes of content) sum.update(bytes)
  const draft = `${file}.part`
  const handle = await open(draft, 'w')
  try {
    await handle.writeFile(`${FORMAT} ${sum.digest('hex')}\n`)
    for (const bytes of content) await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}

/**
 * What an earlier run of this scenario and seed has kept; `undefined` where it kept nothing.
 * @throws FolderError for a file that is damaged, of another scenario or seed, or of a program that writes them otherwise.
 */
export const readCheckpoint = async (file: string, run: RunOf): Promise<Checkpoint | undefined> => {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new FolderError(`${file} cannot be read`, { cause })
  }
  const refuse = (why: string, cause?: unknown) =>
    new FolderError(`${file} ${why}: remove it, and the seed is run again from its beginning`, { cause })
  const firstEnd = bytes.indexOf('\n')
  const [, sum] = new RegExp(`^${FORMAT} ([0-9a-f]{64})$`).exec(bytes.toString('latin1', 0, firstEnd)) ?? []
  if (firstEnd < 0 || !sum) throw refuse('is no checkpoint of this program')
  const content = bytes.subarray(firstEnd + 1)
  if (createHash('sha256').update(content).digest('hex') !== sum) throw refuse('is damaged or cut short')
  const headEnd = content.indexOf('\n')
  const head = Head.safeParse(jsonIn(content.toString('utf8', 0, Math.max(0, headEnd))))
  if (!head.success) throw refuse('was made by another version of this program', head.error)
  const { scenario, seed, sections, ...rest } = head.data
  if (seed !== run.seed) throw refuse(`is of seed ${seed}, not of ${run.seed}`)
  const changed = changedFields(scenario, run.scenario)
  if (changed.length > 0) throw refuse(`is of another scenario, which differs in ${changed.join(', ')}`)
  const parts = content.subarray(headEnd + 1)
  if (parts.length !== sections.reduce((sum, { bytes }) => sum + bytes, 0))
    throw refuse('has another number of bytes than it lists')
  return { ...rest, ...partsOf(parts, sections) }
}

/** `undefined`, which is no head, for a text that is no JSON. */
const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const removeCheckpoint = (file: string): Promise<void> => rm(file, { force: true })

const partsOf = (
  content: Buffer,
  sections: readonly Section[],
): Pick<Checkpoint, 'tables' | 'blobs' | 'clients'> => {
  let tables: Uint8Array = new Uint8Array()
  const blobs: Uint8Array[] = []
  const clients = new Map<number, Map<string, Uint8Array>>()
  let at = 0
  for (const section of sections) {
    // A copy of its own: SQLite and typed arrays want their bytes aligned.
    const bytes = new Uint8Array(content.subarray(at, at + section.bytes))
    at += section.bytes
    if (section.of === 'tables') tables = bytes
    else if (section.of === 'blob') blobs.push(bytes)
    else {
      const memory = clients.get(section.client) ?? new Map<string, Uint8Array>()
      clients.set(section.client, memory.set(section.name, bytes))
    }
  }
  return { tables, blobs, clients }
}
