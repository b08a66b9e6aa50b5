import { createRestClient, granted } from '@tributary/coordinator/rest-client'

const { TRIBUTARY_URL: url = 'http://127.0.0.1:4570', TRIBUTARY_TOKEN: token = '' } = process.env
const rest = createRestClient({ url, credentials: { kind: 'token', token } })

// A linear model of two features and two classes, which clients train for ten epochs. Rounds begin whenever a client is there.
const task = await granted(
  rest.POST('/api/v1/tasks', {
    body: {
      id: 'my-linear-task',
      title: 'Two features, two classes',
      model: {
        format: 'custom',
        trainer: 'linear',
        tensors: [
          { name: 'linear/kernel', shape: [2, 2], dtype: 'F32', initializer: 'zeros' },
          { name: 'linear/bias', shape: [2], dtype: 'F32', initializer: 'zeros' },
        ],
        initial: { kind: 'seeded', seed: 0 },
      },
      plan: {
        epochs: 10,
        batchSize: 4,
        optimizer: { name: 'sgd', learningRate: 0.5 },
        loss: 'softmax-cross-entropy',
      },
      cohort: { target: 1, overSelection: 1, quorum: 1, selectionSeconds: 30, trainingSeconds: 10 },
      schedule: { kind: 'continuous', pauseSeconds: 5 },
    },
  }),
)
console.log(`task: ${task.id}`)

// What a client enrols with: this one admits ten of them.
const invitation = await granted(
  rest.POST('/api/v1/enrolment-tokens', { body: { name: 'my app', uses: 10 } }),
)
console.log(`invitation: ${invitation.token}`)
