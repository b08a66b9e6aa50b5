import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { schemaText } from './schema-text.builders.ts'

test('the types of the client are those of the interface (else run `npm run build:rest-client`)', async () => {
  const written = await readFile(new URL('./schema.generated.ts', import.meta.url), 'utf8')
  // Compared as a fact: a difference of thousands of lines helps nobody.
  expect(written === (await schemaText())).toBe(true)
})
