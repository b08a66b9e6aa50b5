import { type Random, systemRandom } from '@tributary/protocols/runtime'
import type { RecordStore } from '../ports/record-store.ts'

const NAME = 'split'
const BYTES = 32

/**
 * The salt of this client's splits, which is drawn once and kept as the record `split`: nobody else can tell which examples are held out. Where the
 * record is lost or is not one, another is drawn, and examples change sides.
 * @throws TributaryError `storage-failed`.
 */
export const splitSalt = async (
  records: RecordStore,
  random: Random = systemRandom(),
): Promise<Uint8Array> => {
  const kept = await records.load(NAME)
  if (kept?.length === BYTES) return kept
  const salt = random.bytes(BYTES)
  await records.save(NAME, salt)
  return salt
}
