import { openS3Blobs, type S3Blobs, type S3BlobsOptions } from '@tributary/coordinator'
import { describeBlobs } from '@tributary/coordinator/contracts'
import { afterAll, beforeAll } from 'vitest'
import { type Abilities, ADDED, openS3Gateway, type S3Gateway } from './s3-gateway.ts'
import { openS3Server, type S3Server } from './s3-server.ts'

let server: S3Server
let gateway: S3Gateway

beforeAll(async () => {
  server = await openS3Server()
  gateway = await openS3Gateway(server.url)
})
afterAll(async () => {
  await gateway.close()
  await server.close()
})

type Case = { through: 'nothing' | Abilities } & Pick<S3BlobsOptions, 'prefix'> & Partial<S3BlobsOptions>

const underTest = async ({ through, prefix, ...more }: Case) => {
  const bucket = await server.bucket()
  if (through !== 'nothing') gateway.abilities = server.own ? through : 'own'
  const opened: S3Blobs[] = []
  const open = async () => {
    const blobs = await openS3Blobs({
      endpoint: through === 'nothing' ? server.url : gateway.url,
      region: 'us-east-1',
      bucket,
      prefix,
      credentials: server.credentials,
      staleMs: 0,
      ...more,
    })
    opened.push(blobs)
    return blobs
  }
  return {
    blobs: await open(),
    reopen: open,
    leftovers: async () =>
      (await server.keys(bucket)).filter((key) => key.includes('staging/')).length +
      gateway.uploads() +
      Math.min(1, opened.at(-1)?.heldBytes() ?? 0),
    dispose: async () => {
      for (const blobs of opened) await blobs.close()
    },
  }
}

describeBlobs('A bucket', () => underTest({ through: 'nothing', prefix: '' }))

describeBlobs('A bucket of a store with conditional puts', () =>
  underTest({ through: ADDED, prefix: 'tributary/models' }),
)

describeBlobs('A bucket in which whatever comes is staged', () =>
  underTest({ through: ADDED, prefix: 'updates', holdBytes: 0 }),
)

describeBlobs('A bucket of a store that refuses conditional puts and lists no uploads', () =>
  underTest({ through: { conditionalPuts: 'refused', listsUploads: false }, prefix: 'updates' }),
)
