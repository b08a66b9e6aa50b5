import { randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { buildApp } from 'fauxqs'
import * as z from 'zod'

export type S3Server = {
  url: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  /** Whether it was started here: the one that was named is a whole S3, this one needs a gateway to be. */
  own: boolean
  /** A new, empty bucket; it goes when this is closed. */
  bucket(): Promise<string>
  /** The keys of all objects in a bucket. */
  keys(bucket: string): Promise<string[]>
  /** Puts there whatever the test wants, around the adapter. */
  put(bucket: string, key: string, bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

const Given = z.object({
  TRIBUTARY_TEST_S3_URL: z.url().optional(),
  AWS_ACCESS_KEY_ID: z.string().default('test'),
  AWS_SECRET_ACCESS_KEY: z.string().default('test'),
})

/**
 * The S3-compatible store that the tests run on: the one at TRIBUTARY_TEST_S3_URL, with the credentials of the AWS_*
 * variables, or else one started here that keeps everything in memory. Throws where there is none, and so fails the run.
 */
export const openS3Server = async (): Promise<S3Server> => {
  const given = Given.parse(process.env)
  const own = given.TRIBUTARY_TEST_S3_URL === undefined ? await startStore() : undefined
  const url = given.TRIBUTARY_TEST_S3_URL ?? own?.url ?? ''
  const credentials = { accessKeyId: given.AWS_ACCESS_KEY_ID, secretAccessKey: given.AWS_SECRET_ACCESS_KEY }
  const client = new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials })
  const buckets: string[] = []
  const keys = async (Bucket: string) => {
    const all: string[] = []
    for (let after: string | undefined, more = true; more; more = after !== undefined) {
      const page = await client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: after }))
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) all.push(Key)
      after = page.NextContinuationToken
    }
    return all
  }
  return {
    url,
    credentials,
    own: own !== undefined,
    async bucket() {
      const Bucket = `tributary-${randomUUID()}`
      await client.send(new CreateBucketCommand({ Bucket }))
      buckets.push(Bucket)
      return Bucket
    },
    keys,
    async put(Bucket, Key, Body) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body }))
    },
    async close() {
      for (const Bucket of own ? [] : buckets) {
        for (const Key of await keys(Bucket)) await client.send(new DeleteObjectCommand({ Bucket, Key }))
        await client.send(new DeleteBucketCommand({ Bucket }))
      }
      client.destroy()
      await own?.close()
    },
  }
}

const startStore = async () => {
  const app = buildApp({ logger: false })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
}
