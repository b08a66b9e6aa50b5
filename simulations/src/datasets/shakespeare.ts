import { BEFORE_THE_TEXT, CHARACTERS, characterIds } from './characters.ts'
import { type KnownFile, readKnownFile } from './checksums.ts'
import { type Category, type Dataset, type Rows, sharedUint8, sharedUint16, sharedUint32 } from './dataset.ts'
import { DatasetError } from './dataset-error.ts'
import { type Role, readPlay, readSpeeches } from './plays.ts'
import { checksumOf } from './set-checksum.ts'
import { readTar } from './tar.ts'
import { gunzipWithin } from './unpack.ts'

export const SHAKESPEARE_FILES = {
  plays: {
    path: 'shakespeare-plays/moby_xml.tar.gz',
    bytes: 2_121_720,
    sha256: '8a4077b936004b4cbab206f6c553a50095a47c699a8f69b2479a0c35f3b1cf27',
    home: 'https://www.ibiblio.org/xml/examples/shakespeare/',
    served: { as: 'page' },
    instead: "choose the dataset 'tiny-shakespeare', which can be downloaded",
  },
} as const satisfies Record<string, KnownFile>

export const TINY_SHAKESPEARE_FILES = {
  text: {
    path: 'tiny-shakespeare/input.txt',
    bytes: 1_115_394,
    sha256: '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
    home: 'https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt',
    instead: 'have it downloaded (`download: true`)',
  },
} as const satisfies Record<string, KnownFile>

const PLAYS = 37
const MOST_BYTES = 64 * 1024 * 1024

export type ShakespeareOptions = {
  /** Characters that a row shows, 1 to 1,000. */
  readonly context?: number
}

/**
 * The next character of Shakespeare's 37 plays by role (McMahan et al. 2017; LEAF's 80 characters and its windows of 80, Caldas et
 * al. 2018): 1,247 roles of two lines or more, a client each; the first 80 % of a role's lines train, the rest test. A row is a
 * character and the `context` before it; rows overlap and share their text. The column `play` says which.
 *
 * @throws DatasetError when the file is missing, altered or malformed, saying what to do.
 */
export const loadShakespeare = async (folder: string, options: ShakespeareOptions = {}): Promise<Dataset> => {
  const file = SHAKESPEARE_FILES.plays
  const tar = gunzipWithin(await readKnownFile(folder, file), file.path, MOST_BYTES)
  const plays = [...readTar(tar, file.path)].filter(([path]) => path.endsWith('.xml'))
  if (plays.length !== PLAYS)
    throw new DatasetError(`${file.path} has ${plays.length} plays, not the ${PLAYS} that it should`)
  const roles = plays
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, xml]) => readPlay(new TextDecoder().decode(xml), `${file.path}, ${path}`))
  return {
    name: 'shakespeare',
    title: "Shakespeare's plays by role",
    licence: 'public domain',
    checksum: checksumOf([file]),
    ...nextCharacters(roles, file.path, options),
  }
}

/**
 * The same task on 40,000 lines in one file (Karpathy 2015): 268 speakers of two lines or more, first 80 % of each train.
 * @throws DatasetError when the file is missing, altered or malformed, saying what to do.
 */
export const loadTinyShakespeare = async (
  folder: string,
  options: ShakespeareOptions = {},
): Promise<Dataset> => {
  const file = TINY_SHAKESPEARE_FILES.text
  const text = new TextDecoder().decode(await readKnownFile(folder, file))
  return {
    name: 'tiny-shakespeare',
    title: 'Tiny Shakespeare by speaker',
    licence: 'public domain',
    checksum: checksumOf([file]),
    ...nextCharacters(readSpeeches(text, file.path), file.path, options),
  }
}

/** Roles of two lines or more as rows that show `context` characters and ask for the next. */
export const nextCharacters = (
  roles: readonly Role[],
  name: string,
  { context = 80 }: ShakespeareOptions = {},
): Pick<Dataset, 'task' | 'inputShape' | 'train' | 'test'> => {
  if (!Number.isInteger(context) || context < 1 || context > 1_000)
    throw new RangeError(`context must be a whole number from 1 to 1000, not ${context}`)
  const speaking = roles.filter(({ lines }) => lines.length >= 2)
  const cut = ({ lines }: Role) => Math.floor(0.8 * lines.length)
  const part = (linesOf: (role: Role) => readonly string[]) =>
    windows(
      speaking,
      speaking.map((role) => characterIds(linesOf(role).join('\n').concat('\n'), `${name}, ${role.name}`)),
      context,
    )
  return {
    task: { kind: 'classification', classes: [...CHARACTERS] },
    inputShape: [context],
    train: part((role) => role.lines.slice(0, cut(role))),
    test: part((role) => role.lines.slice(cut(role))),
  }
}

const windows = (roles: readonly Role[], texts: readonly Uint8Array[], context: number): Rows => {
  const count = texts.reduce((sum, text) => sum + text.length, 0)
  const values = sharedUint8(count + texts.length * context)
  const starts = sharedUint32(count)
  const targets = sharedUint8(count)
  const plays = [...new Set(roles.map(({ play }) => play))]
  const roleOf = sharedUint16(count)
  const playOf = sharedUint16(count)
  let row = 0
  let at = 0
  for (const [role, text] of texts.entries()) {
    values.fill(BEFORE_THE_TEXT, at, at + context)
    values.set(text, at + context)
    targets.set(text, row)
    roleOf.fill(role, row, row + text.length)
    playOf.fill(plays.indexOf(roles[role]?.play ?? ''), row, row + text.length)
    for (let i = 0; i < text.length; i++) starts[row + i] = at + i
    row += text.length
    at += context + text.length
  }
  const groups: Category = { names: roles.map(({ name }) => name), of: roleOf }
  return {
    count,
    features: { kind: 'windows', width: context, values, starts, ids: BEFORE_THE_TEXT + 1 },
    targets,
    groups,
    columns: { play: { kind: 'category', names: plays, of: playOf } },
  }
}
