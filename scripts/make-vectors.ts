/**
 * Writes tests/vectors/*.json: what other implementations of the protocol are checked against.
 *   node --conditions=source scripts/make-vectors.ts
 * Everything follows from fixed seeds; tests hold the committed files to what this makes.
 * (primitives.json is not made here: its answers are those of the standards it names.)
 */
import { writeFileSync } from 'node:fs'
import { compressionVectors } from './vectors/compression.ts'
import { envelopeVectors } from './vectors/envelope.ts'
import { safetensorsVectors } from './vectors/safetensors.ts'
import { secaggVectors } from './vectors/secagg.ts'
import { statementVectors } from './vectors/statements.ts'

export const VECTORS_FOLDER = new URL('../tests/vectors/', import.meta.url)

/** The text of each generated file by its name. */
export const makeVectors = (): Record<string, string> => ({
  'compression.json': text(compressionVectors()),
  'envelope.json': text(envelopeVectors()),
  'safetensors.json': text(safetensorsVectors()),
  'secagg.json': text(secaggVectors()),
  'statements.json': text(statementVectors()),
})

const text = (vectors: unknown): string => `${JSON.stringify(vectors, null, 2)}\n`

if (import.meta.main)
  for (const [name, json] of Object.entries(makeVectors())) writeFileSync(new URL(name, VECTORS_FOLDER), json)
