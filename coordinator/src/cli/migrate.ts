import * as z from 'zod'
import { loadStorage } from '../config.ts'
import { STORAGE_NOTES, STORAGE_USAGE } from '../settings/storage-settings.ts'
import { migrateStorage, schemaVersionOf } from '../storage.ts'
import { type Command, printJson } from './command.ts'

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'bring the tables up to the newest schema without serving; or --check whether they are',
  usage: `tributary migrate [--check] [--json] [flags]

Serving does this too, at its start. Back up before an upgrade: there is no way back to an older schema.

  --check                change nothing; exit code 1 where the schema is not the newest
  --json                 the answer as JSON
${STORAGE_USAGE}
${STORAGE_NOTES}`,
  failed: 'The schema cannot be brought up to date.',
  async run(call) {
    const { storage, isOn } = loadStorage(call, {
      flags: z.object({}),
      switches: ['check', 'json'],
      operands: [],
    })
    const before = await schemaVersionOf(storage)
    const { found, newest } = isOn('check') ? before : await migrateStorage(storage)
    if (isOn('json')) printJson(call, { from: before.found ?? null, version: found ?? null, newest })
    else call.print(`${inWords(before.found, found, newest)}\n`)
    return found === newest ? 0 : 1
  },
}

const inWords = (before: number | undefined, after: number | undefined, newest: number): string => {
  if (before !== after) return `The tables went from ${named(before)} to schema version ${after}.`
  if (after === newest) return `The tables have schema version ${after}, the newest.`
  return `The tables have ${named(after)}; the newest is ${newest}.`
}

const named = (version: number | undefined) =>
  version === undefined ? 'no schema' : `schema version ${version}`
