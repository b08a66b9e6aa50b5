/** What a withdrawal that is not done yet is kept under in a client's records: see `withdrawal-record.ts`. */
export const WITHDRAWAL = 'withdrawal'

/** The id of the coordinator that welcomed this client last, which a statement of withdrawal names. */
export const COORDINATOR = 'coordinator'
