/** The bytes that a configuration names, and what can be done with them. */
import { join } from 'node:path'
import { unreachable } from '@tributary/protocols'
import { openFileBlobs } from '../adapters/files/file-blobs.ts'
import { openSegmentBlobs } from '../adapters/files/segment-blobs.ts'
import { openS3Blobs } from '../adapters/s3/open-s3-blobs.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { StorageOptions } from '../settings/storage-settings.ts'

/** What another process is taking in is finished, or given up, long before this. */
const UNFINISHED_MS = 60 * 60_000

/** What others are taking in is theirs. */
const NEVER = Number.POSITIVE_INFINITY

const besideFiles = async (folder: string) => ({
  models: await openFileBlobs({ folder, unfinishedAfterMs: NEVER }),
  close: async () => {},
})

/** What can be done with the bytes, wherever they are. */
export type BlobStores = {
  /** For the process that serves. */
  open(): Promise<{ models: Blobs; updates: Blobs; close(): Promise<void> }>
  /** Published bytes for a process beside it, which puts none and leaves alone what others are putting. */
  beside(): Promise<{ models: Omit<Blobs, 'put' | 'stage'>; close(): Promise<void> }>
}

export const blobsOf = ({ blobs, folder }: Pick<StorageOptions, 'blobs' | 'folder'>): BlobStores => {
  switch (blobs.kind) {
    case 'files':
      return {
        async open() {
          const models = await openFileBlobs({ folder: join(folder, 'models') })
          const updates = await openSegmentBlobs({ folder: join(folder, 'updates') })
          return { models, updates, close: () => updates.close() }
        },
        beside: () => besideFiles(join(folder, 'models')),
      }
    case 'folder':
      return {
        async open() {
          const inFolder = (name: string) =>
            openFileBlobs({ folder: join(blobs.path, name), unfinishedAfterMs: UNFINISHED_MS })
          return {
            models: await inFolder('models'),
            updates: await inFolder('updates'),
            close: async () => {},
          }
        },
        beside: () => besideFiles(join(blobs.path, 'models')),
      }
    case 's3': {
      const under = (name: string, more: { staleMs?: number } = {}) =>
        openS3Blobs({
          ...more,
          bucket: blobs.bucket,
          prefix: [blobs.prefix, name].filter((part) => part !== '').join('/'),
          ...(blobs.endpoint ? { endpoint: blobs.endpoint } : {}),
          region: blobs.region ?? 'us-east-1',
          ...(blobs.credentials
            ? {
                credentials: {
                  accessKeyId: blobs.credentials.accessKeyId,
                  secretAccessKey: blobs.credentials.secretAccessKey.reveal(),
                },
              }
            : {}),
        })
      return {
        async beside() {
          const models = await under('models', { staleMs: NEVER })
          return { models, close: models.close }
        },
        async open() {
          const models = await under('models')
          try {
            const updates = await under('updates')
            const close = async () => {
              await updates.close()
              await models.close()
            }
            return { models, updates, close }
          } catch (error) {
            await models.close()
            throw error
          }
        },
      }
    }
    default:
      return unreachable(blobs)
  }
}
