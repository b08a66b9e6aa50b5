/** The protocol’s own arithmetic in a browser, for tests that hold it to what it is elsewhere. */
import {
  type ConformanceCase,
  ed25519Cases,
  secretboxCases,
  tweetnaclSecretbox,
  tweetnaclSigner,
  tweetnaclVerify,
  tweetnaclX25519,
  x25519Cases,
} from '@tributary/protocols/crypto'
import { loadKernels } from '@tributary/protocols/kernels'
import { secaggVectors } from '../../../scripts/vectors/secagg.ts'
import { tryKernels } from './kernel-trials.ts'
import { remakeEnvelopes } from './remade/envelopes.ts'
import { remakePrimitives } from './remade/primitives.ts'
import { remakeStatements } from './remade/statements.ts'
import { remakeTensorFiles } from './remade/tensor-files.ts'

/** The titles of the cases, each with what is wrong. */
const held = <T>(cases: readonly ConformanceCase<T>[], implementation: T): string[] =>
  cases.map(({ title, check }) => {
    try {
      check(implementation)
      return `${title}: yes`
    } catch (error) {
      return `${title}: ${error}`
    }
  })

const protocol = {
  remakePrimitives,
  remakeEnvelopes,
  remakeTensorFiles,
  remakeStatements,
  secaggVectors,
  tryKernels,
  nameOfKernels: async () => (await loadKernels()).name,
  conformance: () => [
    ...held(x25519Cases, tweetnaclX25519),
    ...held(secretboxCases, tweetnaclSecretbox),
    ...held(ed25519Cases, { createSigner: tweetnaclSigner, verifySignature: tweetnaclVerify }),
  ],
}

export type InPage = typeof globalThis & { protocol: typeof protocol }

Object.assign(globalThis, { protocol })
