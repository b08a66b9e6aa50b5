import { type Digest, RoundId, TaskId } from '@tributary/protocols'
import { createIdentity, createKeyPair, createOpener } from '@tributary/protocols/crypto'
import { decodeSafetensors, digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import { openUpdate, sealUpdate, verifySubmission } from '@tributary/protocols/updates'

// A client has trained two weights and a bias on eight examples; a round has published its key.
const identity = createIdentity()
const roundKeys = createKeyPair()
const update = encodeSafetensors({
  tensors: [
    { name: 'kernel', shape: [2, 1], dtype: 'F32' },
    { name: 'bias', shape: [1], dtype: 'F32' },
  ],
  values: new Float32Array([0.25, -0.5, 0.125]),
})
const model: Digest = digestOf(new TextEncoder().encode('the model that was trained from'))

// The client seals the update to the round's key, and signs for what it sends.
const sealed = sealUpdate({
  identity,
  task: TaskId.parse('my-task'),
  round: RoundId.parse('my-task.1'),
  model,
  roundKey: roundKeys.publicKey,
  update,
  claims: { examples: 8, metrics: {} },
})

// The coordinator checks the signature, opens the envelope and reads the tensors.
console.log('signed by', sealed.submission.client, verifySubmission(sealed.submission, identity.publicKey))
const opened = openUpdate(sealed, createOpener({ secretKey: roundKeys.secretKey }))
console.log('the update is', decodeSafetensors(opened).values)
