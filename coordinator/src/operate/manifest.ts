/** What a backup says of itself, so that what is missing, altered or of another coordinator is seen before anything is restored. */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { Digest, Instant } from '@tributary/protocols'
import { digestOfHash } from '@tributary/protocols/tensors'
import * as z from 'zod'
import { deriveKey } from '../crypto/own-key.ts'

/** The format of the backup itself: its files, its manifest and the lines of its tables. */
const FORMAT = 1

const count = z.int().min(0)
const blob = z.strictObject({ digest: Digest, bytes: count })

const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  /** The version of the schema that the records are of. */
  schema: z.int().min(1),
  /** The id that follows from the key of the coordinator that this is a backup of. */
  coordinator: z.string(),
  madeAt: Instant,
  /** How many records of each table. */
  records: z.record(z.string(), count),
  /** Rounds that were open: their keys and updates are not here, so a restored coordinator abandons them. */
  openRounds: count,
  /** The last entry of the audit log, and whether its chain held from the first entry to that one. */
  audit: z.strictObject({ sequence: count, hash: z.string(), chain: z.enum(['intact', 'broken']) }),
  tables: blob,
  blobs: z.array(blob),
})
export type Manifest = z.infer<typeof Manifest>

const Sealed = z.strictObject({
  manifest: z.looseObject({ format: z.unknown(), schema: z.unknown() }),
  /** Of the manifest as JSON without spaces. */
  digest: Digest,
  /** HMAC-SHA256 of the same under a key derived from the coordinator's own, in hex. */
  seal: z.string().regex(/^[0-9a-f]{64}$/),
})

/** The manifest as the text of its file. */
export const manifestText = (manifest: Omit<Manifest, 'format'>, ownKey: Uint8Array): string => {
  const whole: Manifest = { format: FORMAT, ...manifest }
  const json = JSON.stringify(whole)
  const sealed = { manifest: whole, digest: digestOfText(json), seal: sealOf(json, ownKey).toString('hex') }
  return `${JSON.stringify(sealed, undefined, 2)}\n`
}

/**
 * Reads a manifest. `ownKey`, where it is there, must be that of the coordinator that made the backup.
 * Throws an error that says what is wrong with it.
 */
export const readManifest = (
  text: string,
  { newestSchema, ownKey }: { newestSchema: number; ownKey: { key: Uint8Array; id: string } | undefined },
): Manifest => {
  const sealed = Sealed.safeParse(parsed(text))
  if (!sealed.success) throw new Error('the backup’s manifest is cut short or altered: it cannot be read')
  const { format, schema } = sealed.data.manifest
  if (typeof format === 'number' && format > FORMAT)
    throw new Error(`the backup has format ${format}, this program knows ${FORMAT}: use a newer one`)
  if (typeof schema === 'number' && schema > newestSchema)
    throw new Error(
      `the backup has schema version ${schema}, this program knows ${newestSchema}: use a newer one`,
    )
  const json = JSON.stringify(sealed.data.manifest)
  const manifest = Manifest.safeParse(sealed.data.manifest)
  if (!manifest.success || digestOfText(json) !== sealed.data.digest)
    throw new Error('the backup’s manifest is altered: it no longer has the digest that it names')
  if (ownKey && ownKey.id !== manifest.data.coordinator)
    throw new Error(
      `the key file is that of ${ownKey.id}, the backup is of ${manifest.data.coordinator}: put that one's key in its place`,
    )
  if (ownKey && !timingSafeEqual(sealOf(json, ownKey.key), Buffer.from(sealed.data.seal, 'hex')))
    throw new Error('the backup’s manifest was not written by the coordinator whose key this is')
  return manifest.data
}

const digestOfText = (text: string): Digest => digestOfHash(hash('sha256', text, 'buffer'))

const sealOf = (json: string, ownKey: Uint8Array): Buffer =>
  createHmac('sha256', deriveKey(ownKey, 'backup manifest')).update(json).digest()

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
