import type { Session } from '@tributary/protocols/messages'
import { type FrozenPart, frozenManifestOf } from '@tributary/protocols/task'
import { arrangeTensors, decodeSafetensors } from '@tributary/protocols/tensors'
import type { TransferProblem } from './event.ts'
import type { LoadBlob } from './load-blob.ts'

/** [T18] Downloaded once and cached like everything that is known by its digest. Throws for bytes that are no file of tensors. */
export const loadFrozen = async (
  loadBlob: LoadBlob,
  frozen: FrozenPart,
  session: Session,
  signal: AbortSignal,
): Promise<{ kind: 'loaded'; values: Float32Array; bytes: Uint8Array } | TransferProblem> => {
  const file = await loadBlob(frozen.weights, session, signal)
  if (file.kind !== 'received') return file
  const fitted = arrangeTensors(frozenManifestOf(frozen), decodeSafetensors(file.bytes))
  if ('difference' in fitted)
    return {
      kind: 'refused',
      detail: `the frozen weights are not those of the model: ${fitted.difference.problem}`,
    }
  return { kind: 'loaded', values: fitted.arranged, bytes: file.bytes }
}
