import { ClientId, Digest, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import { PoissonSampling } from '@tributary/protocols/privacy'

/** By the module that tells their types: the schemas that the document names so that the types of the REST client can carry their brands. */
export const BRANDED = {
  '@tributary/protocols': { ClientId, Digest, ModelVersion, RoundId, TaskId },
  '@tributary/protocols/privacy': { PoissonSampling },
}
