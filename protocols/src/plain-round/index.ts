/**
 * What a client needs to take part in plain, sealed rounds, apart from what only some tasks ask for. An app that imports one name of `/messages`, `/task`
 * or `/rest` at once carries of them all that it may ever use.
 */
export { PlainClientMessage } from '../messages/plain-client.ts'
export { PlainCoordinatorMessage } from '../messages/plain-coordinator.ts'
export { clientPaths } from '../rest/client-paths.ts'
export { problemWord } from '../rest/problem-type.ts'
export { layerOf } from '../task/layer-of.ts'
export { decodePlainAssignment } from '../task/plain-assignment.ts'
export { manifestOf, PlainModel } from '../task/plain-model.ts'
export { updateManifestOf } from '../task/update-manifest.ts'
