/** What a page loads that asks a coordinator's REST interface. */
export { createRestClient, everyItem, granted } from '@tributary/coordinator/rest-client'
