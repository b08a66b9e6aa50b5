import openapiTs, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { BRANDED } from '../http/branded-schemas.ts'
import { anApp } from '../http/http.builders.ts'
import { ANY_JSON } from '../http/openapi-prune.ts'

const HEAD = `/** Generated from the coordinator's OpenAPI document by \`npm run build:rest-client\`. */
`

/** Of these the document tells the form alone: an id's type tells of what it is one. */
const TOLD_HERE = new Set([ANY_JSON, ...Object.values(BRANDED).flatMap((schemas) => Object.keys(schemas))])
const IMPORTS = Object.entries(BRANDED)
  .map(([module, schemas]) => `import type { ${Object.keys(schemas).join(', ')} } from '${module}'`)
  .concat(
    `type ${ANY_JSON} = string | number | boolean | null | ${ANY_JSON}[] | { [name: string]: ${ANY_JSON} }`,
  )
  .join('\n')

const COMPONENT = '#/components/schemas/'

const typeNamed = (name: string) => ts.factory.createTypeReferenceNode(name)

/** What schema.generated.ts has to say: the types of every route, made of the document that the coordinator gives of itself. */
export const schemaText = async (): Promise<string> => {
  const { app } = anApp()
  await app.ready()
  const document = JSON.stringify(app.swagger())
  await app.close()
  const types = await openapiTs(document, {
    alphabetize: true,
    defaultNonNullable: false,
    inject: IMPORTS,
    transform({ format }, { path = '' }) {
      if (format === 'binary') return ts.factory.createUnionTypeNode(['Blob', 'Uint8Array'].map(typeNamed))
      const name = path.replace(COMPONENT, '')
      return TOLD_HERE.has(name) ? typeNamed(name) : undefined
    },
  })
  return `${HEAD}${astToString(types)}`
}
