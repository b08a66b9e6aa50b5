/** A client for an engine that is neither a browser nor Node, as an app for React Native would make it: all that it keeps is given by the app. */
import { createClient, memoryKeyStore, memoryModelCache, memoryRecordStore } from '@tributary/client-sdk'
import { rowsOf } from '../../fleet/line-clients.ts'
import { lineTrainer } from '../../fleet/line-trainer.ts'

type Told = { submitted(round: string): void; model(version: number): void; error(message: string): void }

const takePart = async ({ coordinator, token, told }: { coordinator: string; token: string; told: Told }) => {
  const client = createClient({
    coordinator,
    task: 'line',
    trainer: lineTrainer(rowsOf(1)),
    keys: memoryKeyStore(),
    records: memoryRecordStore(),
    cache: memoryModelCache(),
  })
  client.on('submitted', ({ round }) => told.submitted(round))
  client.on('model', ({ version }) => told.model(version))
  client.on('error', ({ message }) => told.error(message))
  await client.consent.grant()
  await client.enrol(token)
  await client.join()
  return { leave: () => client.leave(), withdraw: () => client.withdraw() }
}

export type TakePart = typeof takePart

Object.assign(globalThis, { takePart })
