/** Where a coordinator keeps what it has: settings that `serve` and every command beside it share. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { type Secret, secretOf } from './secret.ts'

export type DatabaseSetting =
  /** A file in the data folder. */
  | { kind: 'sqlite' }
  /** `shown`: the address without its password, for people. All tables are in `schema`. */
  | { kind: 'postgres'; url: Secret; shown: string; schema: string }

export type BlobSetting =
  /** Files in the data folder. */
  | { kind: 'files' }
  /** Files in a folder that several processes share. */
  | { kind: 'folder'; path: string }
  /** `prefix` has no slash at its ends, and may be empty. */
  | {
      kind: 's3'
      bucket: string
      prefix: string
      endpoint: string | undefined
      region: string | undefined
      credentials: S3Credentials | undefined
    }

export type S3Credentials = { accessKeyId: string; secretAccessKey: Secret }

export type StorageOptions = {
  folder: string
  database: DatabaseSetting
  blobs: BlobSetting
  /** The coordinator's own 32 bytes. */
  keyFile: string
}

const POSTGRES =
  'must be sqlite, or the address of a PostgreSQL database: postgres://user:password@host/name; in user and password, / # ? @ : and % are written %2F %23 %3F %40 %3A %25'

const database = z.string().transform((text, context): DatabaseSetting => {
  if (text === 'sqlite') return { kind: 'sqlite' }
  const url = URL.parse(text)
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol) || url.pathname.length < 2) {
    context.addIssue(POSTGRES)
    return z.NEVER
  }
  const user = url.username === '' ? '' : `${url.username}@`
  const schema = url.searchParams.get('schema') ?? 'tributary'
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    context.addIssue('names a schema that is none: use lower-case letters, digits and _')
    return z.NEVER
  }
  // The schema is ours to know: to the server it would be an unknown setting.
  url.searchParams.delete('schema')
  const shown = `postgres://${user}${url.host}${url.pathname}`
  return { kind: 'postgres', url: secretOf(url.href), shown, schema }
})

const blobs = z.string().transform((text, context) => {
  if (text === 'files') return { kind: 'files' as const }
  const folder = URL.parse(text)
  if (folder?.protocol === 'file:' && folder.host === '' && folder.pathname.length > 1)
    return { kind: 'folder' as const, path: fileURLToPath(folder) }
  const bucket = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text)
  if (bucket?.[1])
    return { kind: 's3' as const, bucket: bucket[1], prefix: (bucket[2] ?? '').replace(/^\/+|\/+$/g, '') }
  context.addIssue(
    'must be files, a bucket and a prefix in it: s3://bucket/prefix, or a folder that several processes share: file:///srv/blobs',
  )
  return z.NEVER
})

const endpoint = z.string().refine((text) => {
  const url = URL.parse(text)
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === ''
}, 'must be the http or https address of an S3-compatible store, without a user in it')

export const storageSettings = {
  /** Folder where everything is kept that is not said to be elsewhere. */
  data: z.string().default('./tributary-data'),
  database: database.default({ kind: 'sqlite' }),
  blobs: blobs.default({ kind: 'files' }),
  's3-endpoint': endpoint.optional(),
  's3-region': z.string().optional(),
  's3-access-key-id': z.string().optional(),
  's3-secret-access-key': z.string().transform(secretOf).optional(),
  'key-file': z.string().optional(),
}

/** Those that carry a secret, and so may come in a file of their own. */
export const SECRET_SETTINGS = ['database', 's3-access-key-id', 's3-secret-access-key']

const Settings = z.object(storageSettings)

export const storageOptions = (settings: z.output<typeof Settings>): StorageOptions => {
  const accessKeyId = settings['s3-access-key-id']
  const secretAccessKey = settings['s3-secret-access-key']
  return {
    folder: settings.data,
    database: settings.database,
    blobs:
      settings.blobs.kind !== 's3'
        ? settings.blobs
        : {
            ...settings.blobs,
            endpoint: settings['s3-endpoint'],
            region: settings['s3-region'],
            credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
          },
    keyFile: settings['key-file'] ?? join(settings.data, 'coordinator.key'),
  }
}

export const STORAGE_USAGE = `  --data DIR             where everything is kept that is not said to be elsewhere (./tributary-data)
  --database WHERE       sqlite, a file in the data folder; or postgres://user:password@host/name (sqlite);
                         with ?schema=NAME in a schema of another name than tributary
  --blobs WHERE          files in the data folder; s3://bucket/prefix; or file:///folder, shared by several (files)
  --s3-endpoint URL      an S3-compatible store that is not Amazon's
  --s3-region REGION     the bucket's region
  --key-file FILE        the coordinator's own key, 32 bytes (coordinator.key in the data folder)
`

export const STORAGE_NOTES = `Secrets are better not on a command line: TRIBUTARY_DATABASE, TRIBUTARY_S3_ACCESS_KEY_ID and
TRIBUTARY_S3_SECRET_ACCESS_KEY can be set, or, with _FILE behind the name, name a file that holds the secret.
One process can have any database with any blobs. Several that are one coordinator need the same postgres, the same
s3 or shared folder, and the same key.
`
