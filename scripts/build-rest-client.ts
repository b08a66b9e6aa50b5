/**
 * Writes the types of the REST client from the coordinator's own OpenAPI document.
 *   npm run build:rest-client
 */
import { writeFileSync } from 'node:fs'
import { schemaText } from '@tributary/coordinator/rest-client-schema'

writeFileSync(
  new URL('../coordinator/src/rest-client/schema.generated.ts', import.meta.url),
  await schemaText(),
)
