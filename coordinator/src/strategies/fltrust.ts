import type { ClientId } from '@tributary/protocols'
import { isFactor } from './combined.ts'
import { heap } from './heap.ts'
import { meanOfRows } from './mean-of-rows.ts'

/**
 * FLTrust (Cao, Fang, Liu and Gong 2021). One client is trusted, the `root`: it trains on a small clean data set of the operator's (about a hundred examples).
 * With its delta g,
 *
 *   Tᵢ = max(0, cos(Δᵢ, g))        Δ = Σ Tᵢ (‖g‖ / ‖Δᵢ‖) Δᵢ / Σ Tᵢ
 *
 * over all others: each is brought to the length of g, and what points away from g has no say. Stands more than half of the clients. A round without the
 * root, or in which nobody points its way, is refused.
 */
export const fltrust = ({ serverLearningRate, root }: { serverLearningRate: number; root: ClientId }) =>
  heap({
    serverLearningRate,
    least: 2,
    rule({ kernels, updates }) {
      const trusted = updates.find(({ client }) => client === root)
      if (!trusted) return noTrust(`the update of the root client ${root} is not among them`)
      const g = trusted.delta
      const length = kernels.norm(g)
      const others = updates.filter((update) => update !== trusted).map(({ delta }) => delta)
      const norms = others.map((delta) => kernels.norm(delta))
      const trust = others.map((delta, i) => {
        const norm = norms[i] ?? 0
        const cosine = (kernels.gram([delta, g])[1] ?? 0) / (norm * length)
        // Of a delta of zeros it is NaN; of one so long that the product overflows, infinite: neither is trust.
        return Number.isFinite(cosine) && isFactor(length / norm) ? Math.min(Math.max(0, cosine), 1) : 0
      })
      const sum = trust.reduce((total, score) => total + score, 0)
      if (sum === 0) return noTrust('no update points the way of the root client’s')
      const weights = trust.map((score, i) => (score === 0 ? 0 : ((score / sum) * length) / (norms[i] ?? 0)))
      return { delta: meanOfRows(kernels, others, weights) }
    },
  })

const noTrust = (detail: string) => ({ kind: 'refused', reason: 'no-trust', detail }) as const
