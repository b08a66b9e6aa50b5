import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** What a data folder's database says at this moment: rows of one question, asked on a connection of its own. */
export const askDatabase = (folder: string, question: string): Record<string, unknown>[] => {
  const database = new DatabaseSync(join(folder, 'tributary.sqlite'), { readOnly: true, timeout: 5_000 })
  try {
    return database.prepare(question).all()
  } finally {
    database.close()
  }
}

/** The phase in which a round was saved last. */
export const savedPhase = (folder: string, round: string): unknown =>
  askDatabase(folder, 'select id, phase from rounds').find(({ id }) => id === round)?.phase
