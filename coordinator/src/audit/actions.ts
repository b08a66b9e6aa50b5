/** Actions of the audit log that programs look for. */

/** A coordinator serves from here on. The subject is the id that follows from its own key. */
export const COORDINATOR_STARTED = 'coordinator.started'

/** It ended in order; a start with no stop before it follows a process that was killed. */
export const COORDINATOR_STOPPED = 'coordinator.stopped'

export const WEBHOOK_CREATED = 'webhook.created'
export const WEBHOOK_DELETED = 'webhook.deleted'
export const WEBHOOK_PINGED = 'webhook.pinged'
export const WEBHOOK_REDELIVERED = 'webhook.redelivered'

/** Written for each version whose weights retention lets go, before they go. */
export const WEIGHTS_DROPPED = 'model.weights-dropped'
