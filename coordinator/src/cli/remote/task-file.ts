import { readTextFile } from '../../adapters/files/text-file.ts'
import type { Call } from '../command.ts'

export const FILE_USAGE = `  <file>                 the task file; - for stdin
`

/** The JSON in a file or stdin: whether it is a task is for the coordinator to say. @throws Error where it is no JSON. */
export const readTaskJson = async (path: string, { readStdin }: Call) => {
  const text = path === '-' ? await readStdin() : readTextFile(path)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const where = path === '-' ? 'What came by stdin' : path
    throw new Error(`${where} is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}
