/** `/api/v1/blobs/{digest}`. */
import * as z from 'zod'
import { Digest } from '../ids.ts'

/** What is kept under a digest. */
export const BlobView = z.object({ digest: Digest, bytes: z.int().min(0) })
export type BlobView = z.infer<typeof BlobView>
