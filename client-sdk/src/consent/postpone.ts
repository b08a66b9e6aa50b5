import * as z from 'zod/mini'
import type { RecordStore } from '../ports/record-store.ts'
import { loadJson, saveJson } from '../records/json-record.ts'
import { TributaryError } from '../tributary-error.ts'
import type { ConsentBook } from './consent.ts'
import { WITHDRAWAL } from './consent-record.ts'

/** Of a withdrawal before, what is still to be handed in. */
const Before = z.object({ statements: z.array(z.unknown()) })

/**
 * Where the code of a withdrawal cannot be loaded, as without a network: it is written down, and done at the next start or by whoever calls next.
 * @throws TributaryError `storage-failed`, always.
 */
export const postpone = async (
  { records, consent }: { records: RecordStore; consent: Pick<ConsentBook, 'keepWithdrawn'> },
  cause: unknown,
): Promise<never> => {
  const { statements } = (await loadJson(records, WITHDRAWAL, Before)) ?? { statements: [] }
  await saveJson(records, WITHDRAWAL, { step: 'erasing', statements })
  await consent.keepWithdrawn()
  throw new TributaryError(
    {
      code: 'storage-failed',
      problem:
        'the client has withdrawn, and nothing is erased yet: the code that does it could not be loaded',
      remedy: 'Call withdraw() again once there is a network; it is done at the next start too',
    },
    { cause },
  )
}
