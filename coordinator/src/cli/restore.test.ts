import { copyFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelVersion } from '@tributary/protocols'
import { digestOf } from '@tributary/protocols/tensors'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run, runJson } from './command-line.builders.ts'
import { ADMIN, aHome, aTask, type Home, tamper } from './data-folder.builders.ts'

let home: Home
beforeEach(async () => {
  home = await aHome()
  const { coordinator, close } = await home.serve()
  await coordinator.services.tasks.create(aTask(), ADMIN)
  await coordinator.services.tasks.create(aTask({ id: 'other', length: 1_000 }), ADMIN)
  await coordinator.services.models.rollback(aTask().id, version(1), 'two\u2028lines', ADMIN)
  await close()
  await backup()
})
afterEach(() => home[Symbol.asyncDispose]())

const version = (number: number) => ModelVersion.parse(number)
const at = (name: string) => home.at(name)
const backup = (to = 'backup', of = 'live') => runJson(['backup', at(to), '--data', at(of)])
const restore = (...more: string[]) => run('restore', at('backup'), '--data', at('restored'), ...more)

const refusal = async (...more: string[]) => {
  const { code, out, err } = await restore(...more)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^Nothing was restored\.\n/)
  expect((await readdir(at('.'))).filter((name) => name.startsWith('restored.'))).toEqual([])
  return err
}

const changeManifest = async (change: object) => {
  const file = JSON.parse(await readFile(at('backup/manifest.json'), 'utf8'))
  Object.assign(file.manifest, change)
  await writeFile(at('backup/manifest.json'), JSON.stringify(file))
}

const oneBlob = async () => {
  const entries = await readdir(at('backup/blobs'), { recursive: true, withFileTypes: true })
  const file = entries.find((entry) => entry.isFile())
  if (!file) throw new Error('the backup has no blobs')
  const path = join(file.parentPath, file.name)
  return { path, digest: `sha256:${path.slice(at('backup/blobs').length + 1).replace('/', '')}` }
}

test('what was restored and backed up again is the same but for what the audit log says of it', async () => {
  const { code, out } = await restore('--key-file', at('live/coordinator.key'))
  expect(code).toBe(0)
  expect(out).toContain(`The key ${at('live/coordinator.key')} fits.`)
  await runJson(['backup', at('again'), '--data', at('restored'), '--key-file', at('live/coordinator.key')])

  const lines = async (name: string) =>
    (await readFile(at(`${name}/tables.jsonl`), 'utf8')).trimEnd().split('\n')
  const before = await lines('backup')
  const after = await lines('again')
  expect(after.slice(0, before.length)).toEqual(before)
  expect(after.slice(before.length).map((line) => JSON.parse(line).record.action)).toEqual([
    'backup.restored',
  ])
})

test('nobody is signed in to a coordinator that was restored: sessions are in no backup', async () => {
  const { coordinator, firstAdminToken = '', close } = await home.serve('signed-in')
  const opened = await coordinator.services.sessions.open(firstAdminToken)
  if ('refused' in opened) throw new Error(opened.detail)
  await close()
  await backup('of-signed-in', 'signed-in')
  expect(await readFile(at('of-signed-in/tables.jsonl'), 'utf8')).not.toContain('console_sessions')

  await run('restore', at('of-signed-in'), '--data', at('restored'))
  await copyFile(at('signed-in/coordinator.key'), at('restored/coordinator.key'))
  const restored = await home.serve('restored')
  const { sessions } = restored.coordinator.services
  expect(await sessions.find(opened.cookie)).toMatchObject({ refused: 'unauthenticated' })
  expect(await sessions.open(firstAdminToken)).toHaveProperty('cookie')
})

test('a folder that is not empty is refused, and left as it is', async () => {
  await mkdir(at('restored'))
  await writeFile(at('restored/notes.txt'), 'mine')
  expect(await refusal()).toContain('is not empty')
  expect(await readdir(at('restored'))).toEqual(['notes.txt'])
})

test('blobs that are missing or cut short are refused by name', async () => {
  const { path, digest } = await oneBlob()
  await truncate(path, 10)
  expect(await refusal()).toContain(digest)
  await rm(path)
  expect(await refusal()).toContain(digest)
})

test('a blob with a bit that changed is refused by name', async () => {
  const { path, digest } = await oneBlob()
  const bytes = await readFile(path)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  await writeFile(path, bytes)
  expect(await refusal()).toContain(`${digest} is damaged`)
})

test('tables that were cut short or changed are refused', async () => {
  const path = at('backup/tables.jsonl')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.slice(0, -100))
  expect(await refusal()).toContain('tables are cut short or altered')
  await writeFile(path, text.replace('"line"', '"lime"'))
  expect(await refusal()).toContain('tables are cut short or altered')
})

test('a manifest that was cut short or changed, or is of a newer program, is refused', async () => {
  const text = await readFile(at('backup/manifest.json'), 'utf8')
  await writeFile(at('backup/manifest.json'), text.slice(0, text.length / 2))
  expect(await refusal()).toContain('manifest is cut short')
  await writeFile(at('backup/manifest.json'), text)
  await changeManifest({ openRounds: 7 })
  expect(await refusal()).toContain('manifest is altered')
  await changeManifest({ schema: 99 })
  expect(await refusal()).toContain('schema version 99')
  await changeManifest({ format: 2 })
  expect(await refusal()).toContain('format 2')
})

test('with the coordinator’s key a manifest that somebody else wrote is refused, digest and all', async () => {
  const file = JSON.parse(await readFile(at('backup/manifest.json'), 'utf8'))
  file.manifest.openRounds = 7
  file.digest = digestOf(Buffer.from(JSON.stringify(file.manifest)))
  await writeFile(at('backup/manifest.json'), JSON.stringify(file))
  expect(await refusal('--key-file', at('live/coordinator.key'))).toContain(
    'was not written by the coordinator whose key this is',
  )
})

test('another coordinator’s key is refused', async () => {
  await writeFile(at('other.key'), new Uint8Array(32).fill(7), { mode: 0o600 })
  expect(await refusal('--key-file', at('other.key'))).toMatch(/the key file is that of coordinator-/)
})

test('a folder without a manifest is no backup', async () => {
  await rm(at('backup/manifest.json'))
  expect(await refusal()).toContain('is no backup')
})

test('a broken audit log is backed up and restored as broken as it is', async () => {
  tamper(at('live'), "update audit set actor = 'nobody' where sequence = 2")
  const { err } = await run('backup', at('broken'), '--data', at('live'))
  expect(err).toContain('audit log in this backup is broken')
  expect((await run('restore', at('broken'), '--data', at('restored'))).code).toBe(0)
  expect(await runJson(['audit', 'verify', '--data', at('restored')], 1)).toMatchObject({
    broken: { sequence: 2, reason: 'altered' },
  })
})

test('a backup does not take the place of something that is there', async () => {
  const { code, err } = await run('backup', at('backup'), '--data', at('live'))
  expect(code).toBe(1)
  expect(err).toContain('is there already')
})

test('a blob that the tables refer to and that is gone makes the backup fail by name, and nothing is left of it', async () => {
  const { path, digest } = await oneBlob()
  await rm(path.replace(at('backup/blobs'), at('live/models')))
  const { code, err } = await run('backup', at('next'), '--data', at('live'))
  expect(code).toBe(1)
  expect(err).toContain(`${digest} (`)
  expect((await readdir(at('.'))).toSorted()).toEqual(['backup', 'live'])
})

test('with another coordinator’s key there is no backup, for it could not be restored beside the right one', async () => {
  await writeFile(at('other.key'), new Uint8Array(32).fill(1), { mode: 0o600 })
  const key = ['--key-file', at('other.key')]
  const { code, out, err } = await run('backup', at('second'), '--data', at('live'), ...key)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(
    /the tables are of coordinator-\w+, and the key given is that of coordinator-\w+: name the key/,
  )
  expect((await readdir(at('.'))).filter((name) => name.startsWith('second'))).toEqual([])
})
