import type { S3Blobs, S3BlobsOptions } from './s3-blobs.ts'

/** `openS3Blobs` of `s3-blobs.ts`, loaded when it is asked for: its client is large, and many coordinators need none. */
export const openS3Blobs = async (options: S3BlobsOptions): Promise<S3Blobs> => {
  const { openS3Blobs: open } = await import('./s3-blobs.ts')
  return open(options)
}
