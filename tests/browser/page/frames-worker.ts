/** The worker of a page that draws while it trains. */
import { createCompactTrainer } from '@tributary/client-sdk/compact'
import { serveTrainer } from '@tributary/client-sdk/worker'
import { framesExamples } from '../frames-training.ts'

serveTrainer(createCompactTrainer({ examples: framesExamples() }))
