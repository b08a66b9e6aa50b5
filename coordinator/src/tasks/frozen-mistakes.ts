import { frozenManifestOf, type TaskFile } from '@tributary/protocols/task'
import {
  arrangeTensors,
  decodeSafetensors,
  firstNonFinite,
  TensorFormatError,
} from '@tributary/protocols/tensors'
import type { Blobs } from '../ports/blobs.ts'
import type { Mistake } from '../refusal.ts'

/** Why a task's frozen part could not be had or used: what was uploaded under its digest, held against its tensors. */
export const frozenPartMistakes = async (
  { model: { frozen } }: TaskFile,
  models: Pick<Blobs, 'open' | 'read'>,
): Promise<Mistake[]> => {
  if (!frozen) return []
  const { digest, bytes } = frozen.weights
  const at = (path: string, message: string) => [{ path: `model.frozen.${path}`, message }]
  const held = await models.open(digest)
  if (!held)
    return at(
      'weights.digest',
      'no file of this digest is here: upload it first, by `tributary models upload-frozen` or PUT /api/v1/blobs/{digest}',
    )
  if (held.bytes !== bytes) return at('weights.bytes', `the file of this digest has ${held.bytes} bytes`)
  const file = await models.read(digest)
  if (!file) return at('weights.digest', 'the file of this digest has gone: upload it again')
  const manifest = frozenManifestOf(frozen)
  try {
    const fitted = arrangeTensors(manifest, decodeSafetensors(file))
    if ('difference' in fitted) return at('tensors', fitted.difference.problem)
    const bad = firstNonFinite({ tensors: manifest, values: fitted.arranged })
    return bad ? at('weights', `tensor ${bad.tensor} holds NaN or infinity at index ${bad.index}`) : []
  } catch (error) {
    if (!(error instanceof TensorFormatError)) throw error
    return at('weights', `the file is no safetensors file: ${error.message}`)
  }
}
