/**
 * How many neighbours a client has and how many shares give a secret back: the conditions of Bell et al. (CCS 2020) for
 * a random Harary graph, in the form in which Google's federated-compute (Apache-2.0, graph_parameter_finder.cc) checks
 * them, and those of Bonawitz et al. (CCS 2017) for the complete graph.
 */
import { MAX_SHARES } from '../crypto/shamir.ts'
import { logChoose, logFactorials, lowerQuantile, upperQuantile } from './hypergeometric.ts'

/** Whom the masks are to hold against beside colluding clients. */
export type Adversary =
  /** A coordinator that keeps to the protocol and looks at all it sees. */
  | 'curious'
  /** One that also lies about who has dropped out, differently to each client. */
  | 'lying'

export type GraphConditions = {
  /** Clients in the cohort. */
  clients: number
  /** Share of them, below 1, that may collude with the coordinator. */
  corrupt: number
  /** Share of them, below 1, that may drop out after they have shared their keys. */
  dropout: number
  adversary: Adversary
}

/** `degree` neighbours a client; `threshold` shares, of degree + 1, give a secret back. */
export type GraphParameters = { degree: number; threshold: number }

/** Below this many clients everyone is everyone's neighbour: the bounds for sparse graphs say nothing of so few. */
export const COMPLETE_UP_TO = 64

/** A lying coordinator succeeds with probability below 2⁻⁴⁰, an honest round fails for want of shares with below 2⁻²⁰. */
const SECURITY_BITS = 40
const CORRECTNESS_BITS = 20

/**
 * The graph for a cohort, or `undefined` when no graph with at most 255 holders of a secret meets the conditions.
 * @throws RangeError for shares that are not in [0, 1) or a cohort that is no whole number.
 */
export const graphParameters = (conditions: GraphConditions): GraphParameters | undefined => {
  requireConditions(conditions)
  const { clients } = conditions
  if (clients < 2) return undefined
  const sparse = clients > COMPLETE_UP_TO ? sparseGraph(conditions) : undefined
  const found = sparse ?? completeGraph(conditions)
  return found && found.degree < MAX_SHARES ? found : undefined
}

/**
 * Everyone knows everyone. Against a lying coordinator two sets of `threshold` clients must overlap in more than the
 * corrupt ones, 2t > n + c, so that no client's two secrets can both be had; against a curious one t > c suffices, and
 * the larger of that and a majority is taken. `undefined` when so few survive that they could not give t shares.
 */
export const completeGraph = ({
  clients,
  corrupt,
  dropout,
  adversary,
}: GraphConditions): GraphParameters | undefined => {
  const colluding = Math.ceil(corrupt * clients)
  const threshold =
    adversary === 'lying'
      ? Math.floor((clients + colluding) / 2) + 1
      : Math.max(colluding + 1, Math.floor(clients / 2) + 1)
  const surviving = clients - Math.floor(dropout * clients)
  return threshold <= surviving ? { degree: clients - 1, threshold } : undefined
}

/**
 * The smallest even degree for which, over the random graph, except with the probabilities above: the honest survivors
 * stay connected; among no client's neighbours are enough corrupt ones to open a secret (or, against a lying
 * coordinator, to make up the overlap of two sets); and every client keeps enough surviving neighbours.
 */
export const sparseGraph = ({
  clients,
  corrupt,
  dropout,
  adversary,
}: GraphConditions): GraphParameters | undefined => {
  const spare = adversary === 'lying' ? corrupt + 2 * dropout : corrupt + dropout
  if (clients < 2 || spare > 0.9) return undefined
  const colluding = Math.floor(corrupt * clients)
  const dropping = Math.floor(dropout * clients)
  const logs = logFactorials(clients)
  for (let degree = 2; degree < clients - 1; degree += 2) {
    if (!staysConnected(logs, clients, colluding + dropping, degree)) continue
    const of = (marked: number) => ({ population: clients, marked, drawn: degree })
    const mostCorrupt = upperQuantile(logs, of(colluding), 2 ** -(SECURITY_BITS + 1) / clients)
    const leastSurviving = lowerQuantile(logs, of(clients - dropping), 2 ** -CORRECTNESS_BITS / clients)
    const unsafe = adversary === 'lying' ? Math.ceil((mostCorrupt + degree - 1.25) / 2) : mostCorrupt
    if (leastSurviving > unsafe) return { degree, threshold: Math.max(unsafe + 1, 2) }
  }
  return undefined
}

/**
 * To cut the ring in two, two separate runs of degree/2 lost clients are needed; the union bound over where they lie is
 * held to 2⁻⁽ˢ⁺¹⁾.
 */
const staysConnected = (logs: Float64Array, clients: number, lost: number, degree: number): boolean =>
  degree > lost ||
  Math.log((clients * (clients - degree - 1)) / 2) +
    logChoose(logs, lost, degree) -
    logChoose(logs, clients, degree) <
    -(SECURITY_BITS + 1) * Math.LN2

const requireConditions = ({ clients, corrupt, dropout }: GraphConditions): void => {
  if (!Number.isInteger(clients) || clients < 0)
    throw new RangeError(`a cohort is a whole number of clients, not ${clients}`)
  for (const [name, share] of Object.entries({ corrupt, dropout }))
    if (!(share >= 0 && share < 1)) throw new RangeError(`${name} is a share from 0 to below 1, not ${share}`)
}
