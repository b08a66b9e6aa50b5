import openapiTs, { astToString } from 'openapi-typescript'
import { anApp } from '../http/http.builders.ts'

const HEAD = `/** Generated from the coordinator's OpenAPI document by \`npm run build:rest-client\`. */
`

/** What schema.generated.ts has to say: the types of every route, made of the document that the coordinator gives of itself. */
export const schemaText = async (): Promise<string> => {
  const { app } = anApp()
  await app.ready()
  const document = JSON.stringify(app.swagger())
  await app.close()
  const types = await openapiTs(document, { alphabetize: true, defaultNonNullable: false })
  return `${HEAD}${astToString(types)}`
}
