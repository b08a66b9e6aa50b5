import { digestOf } from '@tributary/protocols/tensors'
import * as z from 'zod'
import { readBytesFile } from '../../adapters/files/text-file.ts'
import { granted, type RestClient, type Schemas } from '../../rest-client/rest-client.ts'
import { NO_FLAGS, remoteCommand } from './remote-command.ts'

/** A file of hundreds of megabytes may take long on a slow line. */
const UPLOAD_MS = 30 * 60_000

/** Uploads a file under its digest; one that is there already is left as it is. */
export const uploadFrozen = (
  restWith: (patience: { answerMs: number }) => RestClient,
  file: string,
): Promise<Schemas['BlobView']> => {
  const bytes = readBytesFile(file)
  return granted(
    restWith({ answerMs: UPLOAD_MS }).PUT('/api/v1/blobs/{digest}', {
      params: { path: { digest: digestOf(bytes) } },
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes,
      bodySerializer: (body) => body,
    }),
  )
}

export const modelsUploadFrozenCommand = remoteCommand({
  name: 'models upload-frozen',
  summary: 'bring the frozen tensors of a task to be made',
  line: '<file>',
  says: 'A safetensors file. Its digest and its bytes belong into the task file, as model.frozen.weights.',
  failed: 'The file was not uploaded.',
  operands: { file: z.string().min(1) },
  flags: NO_FLAGS,
  switches: [],
  async run(remote) {
    const blob = await uploadFrozen(remote.restWith, remote.operands.file)
    return remote.show(blob, (made) => `${made.digest}, ${made.bytes} bytes.\n`)
  },
})
