import { describe } from 'vitest'
import { describeKeyStore } from './key-store.contract.ts'
import { memoryKeyStore } from './memory-key-store.ts'
import { memoryModelCache } from './memory-model-cache.ts'
import { describeModelCache } from './model-cache.contract.ts'

describe('memory key store', () =>
  describeKeyStore(async () => {
    const store = memoryKeyStore()
    return () => store
  }))

describe('memory model cache', () => describeModelCache(async (maxBytes) => memoryModelCache({ maxBytes })))
