import { describeBlobs } from '../contracts/blobs-contract.ts'
import { memoryBlobs } from './memory-blobs.ts'

describeBlobs('Memory', async () => ({
  blobs: memoryBlobs(),
  leftovers: async () => 0,
  dispose: async () => {},
}))
