import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { plainText } from '@tributary/coordinator/terminal-text'
import type * as z from 'zod'

/** A file of a results folder that is not there, is cut short, or does not say what it should. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError'
}

const MEGABYTE = 1_000_000
/** Far above what a run writes, and small enough to be read without harm. */
const MOST_JSON_BYTES = 256 * MEGABYTE
const MOST_LINES_BYTES = 4_096 * MEGABYTE
const MOST_LINE_CHARACTERS = 16 * MEGABYTE
const MOST_NESTING = 100

/** @throws ResultsError for a file that is missing, too large, malformed or not of the schema. */
export const readJson = async <S extends z.ZodType>(file: string, schema: S): Promise<z.infer<S>> => {
  await refuseLarge(file, MOST_JSON_BYTES)
  return parsed(await readFile(file, 'utf8'), schema, file)
}

/** As `readJson`; `undefined` for a file that is not there. */
export const readJsonIfThere = async <S extends z.ZodType>(
  file: string,
  schema: S,
): Promise<z.infer<S> | undefined> => ((await isThere(file)) ? readJson(file, schema) : undefined)

/**
 * The objects of a file with one JSON value a line, one at a time.
 * @throws ResultsError, which names the line, as `readJson` does; and for a last line without its end, which a run that was
 * stopped leaves behind.
 */
export const readJsonLines = async function* <S extends z.ZodType>(
  file: string,
  schema: S,
): AsyncGenerator<z.infer<S>> {
  await refuseLarge(file, MOST_LINES_BYTES)
  // Parts are joined once a line is whole: joining each to what is there copies a long line over and over.
  let begun: string[] = []
  let length = 0
  let line = 0
  for await (const part of createReadStream(file, 'utf8')) {
    const [end = '', ...others] = String(part).split('\n')
    begun.push(end)
    length += end.length
    if (length > MOST_LINE_CHARACTERS)
      throw new ResultsError(`${file}: line ${line + 1} is longer than any line of a run`)
    const last = others.pop()
    if (last === undefined) continue
    for (const text of [begun.join(''), ...others]) {
      line++
      if (text.trim() !== '') yield parsed(text, schema, `${file}: line ${line}`)
    }
    begun = [last]
    length = last.length
  }
  if (begun.join('').trim() !== '')
    throw new ResultsError(`${file}: line ${line + 1} is cut short: the run was stopped while it wrote`)
}

export const isThere = async (file: string): Promise<boolean> => (await statOf(file)) !== undefined

const statOf = async (file: string) => {
  try {
    return await stat(file)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ResultsError(`${file} cannot be read: ${code}`, { cause })
  }
}

const refuseLarge = async (file: string, most: number): Promise<void> => {
  const found = await statOf(file)
  if (!found) throw new ResultsError(`${file} is missing`)
  if (!found.isFile()) throw new ResultsError(`${file} is not a file`)
  if (found.size > most)
    throw new ResultsError(`${file} has ${found.size} bytes; a report reads up to ${most} of such a file`)
}

const parsed = <S extends z.ZodType>(text: string, schema: S, place: string): z.infer<S> => {
  if (text.trim() === '') throw new ResultsError(`${place} is empty`)
  const result = schema.safeParse(jsonOf(text, place))
  if (result.success) return result.data
  const issues = result.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`)
  const more = result.error.issues.length > 5 ? `; and ${result.error.issues.length - 5} more` : ''
  throw new ResultsError(plainText(`${place}: ${issues.join('; ')}${more}`))
}

const jsonOf = (text: string, place: string): unknown => {
  // Deeper than any scenario, and what walks a value by recursion would fall over it.
  if (nestingOf(text) > MOST_NESTING)
    throw new ResultsError(`${place} is nested more than ${MOST_NESTING} deep`)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? plainText(cause.message) : String(cause)
    throw new ResultsError(`${place} is no JSON: ${reason}`, { cause })
  }
}

/** The deepest nesting of a JSON text; brackets in strings do not count. */
const nestingOf = (text: string): number => {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH && inString) at++
    else if (code === QUOTE) inString = !inString
    else if (inString) continue
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) deepest = Math.max(deepest, ++depth)
    else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth--
  }
  return deepest
}

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [34, 92, 91, 93, 123, 125]
