import { describe } from 'vitest'
import { describeKeyStore } from './key-store.contract.ts'
import { memoryKeyStore } from './memory-key-store.ts'
import { memoryModelCache } from './memory-model-cache.ts'
import { memoryParticipationStore } from './memory-participation-store.ts'
import { memoryRecordStore } from './memory-record-store.ts'
import { describeModelCache } from './model-cache.contract.ts'
import { describeParticipationStore } from './participation-store.contract.ts'
import { describeRecordStore } from './record-store.contract.ts'

describe('memory key store', () =>
  describeKeyStore(async () => {
    const store = memoryKeyStore()
    return () => store
  }))

describe('memory model cache', () => describeModelCache(async (maxBytes) => memoryModelCache({ maxBytes })))

describe('memory participation store', () =>
  describeParticipationStore(async () => {
    const store = memoryParticipationStore()
    return () => store
  }))

describe('memory record store', () =>
  describeRecordStore(async () => {
    const store = memoryRecordStore()
    return () => store
  }))
