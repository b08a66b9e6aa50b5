/** What a world's coordinators keep things in: shared by all of its processes, and there when none of them is. */
import {
  createUploadMemory,
  type Files,
  memoryBlobs,
  openFileBlobs,
  openSegmentBlobs,
  openSqliteStore,
  powerCutFiles,
} from '@tributary/coordinator'
import type { Digest } from '@tributary/protocols'
import type { Clock, SeededRandom } from '@tributary/protocols/runtime'
import type { Around } from './dealing.ts'
import { faultyFiles } from './faulty-files.ts'
import { faultyBlobs } from './faulty-storage.ts'
import type { Blobs, Store } from './ports.ts'
import { rememberedReads } from './remembered-reads.ts'
import type { BlobsPlan } from './world-plan.ts'

export type WorldStorage = {
  tables: Store
  /** What one process opens at its start. */
  open(around: Around, breaks: (files: Files) => Files): Promise<OpenedBlobs>
  /** What of a blob is there whatever happens next. */
  lasting: { models: ReadLasting; updates: ReadLasting }
  /** Every process has ended: what was never synced is there or not, by chance. */
  powerFails(random: SeededRandom): void
}

export type ReadLasting = (digest: Digest) => Promise<Uint8Array | undefined>

export type OpenedBlobs = {
  models: Blobs
  updates: Blobs
  /** What goes wrong above the blobs; on a disk it goes wrong beneath them. */
  faulty(blobs: Blobs, name: string, around: Around): Blobs
}

export const openWorldStorage = async (plan: BlobsPlan, clock: Clock): Promise<WorldStorage> => {
  const tables = rememberedReads(await openSqliteStore({ path: ':memory:', clock }))
  return { tables, ...(plan.kind === 'memory' ? inMemory(clock) : onDisk(plan)) }
}

const inMemory = (clock: Clock): Omit<WorldStorage, 'tables'> => {
  const models = memoryBlobs({ clock })
  const updates = memoryBlobs({ clock })
  return {
    open: async () => ({ models, updates, faulty: faultyBlobs }),
    lasting: { models: models.read, updates: updates.read },
    powerFails() {},
  }
}

/** Blobs take files of any length whole, so that faults and ends fall where `faultyFiles` draws them. */
const MOST_BYTES_A_WRITE = 1_000_000
const PATIENCE_MS = 5_000

const onDisk = ({
  segmentBytes,
  memoryBytes,
}: Extract<BlobsPlan, { kind: 'disk' }>): Omit<WorldStorage, 'tables'> => {
  const models = powerCutFiles({ mostBytesAWrite: MOST_BYTES_A_WRITE })
  const updates = powerCutFiles({ mostBytesAWrite: MOST_BYTES_A_WRITE })
  const openModels = (files: Files) => openFileBlobs({ folder: '/data/models', files })
  const openUpdates = (files: Files) =>
    openSegmentBlobs({
      folder: '/data/updates',
      files,
      segmentBytes,
      memory: createUploadMemory({ mostBytes: memoryBytes, patienceMs: PATIENCE_MS }),
    })
  return {
    open: async (around, breaks) => ({
      models: await openModels(faultyFiles(breaks(models.files), 'models', around)),
      updates: await openUpdates(faultyFiles(breaks(updates.files), 'updates', around)),
      faulty: (blobs) => blobs,
    }),
    lasting: {
      models: async (digest) => (await openModels(models.lasting())).read(digest),
      updates: async (digest) => (await openUpdates(updates.lasting())).read(digest),
    },
    powerFails(random) {
      models.loseUnsynced(random)
      updates.loseUnsynced(random)
    },
  }
}
