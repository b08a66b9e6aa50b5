/** The worker: the examples are opened here, and never pass to the page. */
import { createLinearTrainer } from '@tributary/client-sdk/linear'
import { serveTrainer } from '@tributary/client-sdk/worker'

const examples = {
  inputs: new Float32Array([0.1, 0.9, 0.2, 0.7, 0.8, 0.3, 0.9, 0.1]),
  targets: new Uint8Array([0, 0, 1, 1]),
}
serveTrainer(createLinearTrainer({ examples }))
