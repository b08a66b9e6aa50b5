/** SDK clients that each pull a model of a few numbers to a place of their own, with a force of their own: as unlike as clients can be. */
import {
  FederatedClient,
  memoryRecordStore,
  type PrivacyOptions,
  type RecordStore,
  type Trainer,
  type TrainingJob,
  type TrainingResult,
} from '@tributary/client-sdk'

/** A loss of ½ force ‖w − place‖², descended in `epochs` steps of the plan. */
export type Well = { force: number; place: number; steps?: number }

export const wellTrainer = (
  { force, place, steps: own }: Well,
  said: (result: TrainingResult, job: TrainingJob) => TrainingResult = (result) => result,
): Trainer => ({
  async train(job) {
    const { weights: received, plan, correction } = job
    const steps = own ?? plan.epochs
    const weights = Float64Array.from(received)
    for (let step = 0; step < steps; step++)
      for (const [i, weight] of weights.entries()) {
        const pulled = plan.proximal * (weight - (received[i] ?? 0))
        const gradient = force * (weight - place) + pulled + (correction?.[i] ?? 0)
        weights[i] = weight - plan.optimizer.learningRate * gradient
      }
    const initialLoss = received.reduce((sum, weight) => sum + (force / 2) * (weight - place) ** 2, 0)
    const result = { weights: Float32Array.from(weights), examples: 10, metrics: {}, steps, initialLoss }
    return said({ ...result, ...(correction && { corrected: true }) }, job)
  },
})

/** Where the mean of the losses is least. */
export const leastOf = (wells: readonly Well[]): number =>
  wells.reduce((sum, { force, place }) => sum + force * place, 0) /
  wells.reduce((sum, { force }) => sum + force, 0)

export type WellClient = {
  client: FederatedClient
  variates: RecordStore
  failures: { reason: string }[]
  errors: Error[]
}

/** A client that has enrolled and not yet joined. */
export const wellClient = async (
  token: string,
  {
    url,
    task,
    trainer,
    privacy,
    variates = memoryRecordStore(),
  }: {
    url: string
    task: string
    trainer: Trainer
    privacy?: PrivacyOptions | undefined
    variates?: RecordStore | undefined
  },
): Promise<WellClient> => {
  const client = new FederatedClient({
    coordinator: url,
    task,
    trainer,
    consent: 'granted',
    variates,
    ...(privacy && { privacy }),
  })
  const failures: WellClient['failures'] = []
  const errors: Error[] = []
  client.on('failed', ({ reason }) => failures.push({ reason }))
  client.on('error', (error) => errors.push(error))
  await client.enrol(token)
  return { client, variates, failures, errors }
}
