/** Signs what a model version is, for clients that have pinned this coordinator's key. Rule K10. */
import {
  type EncodedPublicKey,
  type EncodedSignature,
  encodePublicKey,
  type Identity,
  signModel,
} from '@tributary/protocols/crypto'
import type { ModelRecord, Task } from '../ports/records.ts'

export type ModelSigner = {
  /** As clients pin it. */
  coordinator: { id: string; publicKey: EncodedPublicKey }
  /** Over this version and the task's assignment: the same every time, and made once for all clients. */
  sign(
    task: Pick<Task, 'id' | 'assignment'>,
    model: Pick<ModelRecord, 'version' | 'weights'>,
  ): EncodedSignature
}

/** Versions whose signatures are remembered: the newest of every task, and more, at a few hundred bytes each. */
const REMEMBERED = 1_024

export const createModelSigner = ({
  id,
  signing,
}: {
  id: string
  signing: Pick<Identity, 'publicKey' | 'sign'>
}): ModelSigner => {
  /** The one made longest ago comes first. */
  const made = new Map<string, EncodedSignature>()
  return {
    coordinator: { id, publicKey: encodePublicKey(signing.publicKey) },
    sign({ id: task, assignment }, { version, weights }) {
      const key = `${task} ${version} ${weights.digest} ${assignment.digest}`
      const known = made.get(key)
      if (known) return known
      const signature = signModel(signing, { coordinator: id, task, version, weights, assignment })
      made.set(key, signature)
      for (const oldest of made.keys()) {
        if (made.size <= REMEMBERED) break
        made.delete(oldest)
      }
      return signature
    },
  }
}
