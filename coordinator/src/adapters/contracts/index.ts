/** What every adapter of a port keeps, for adapters that are tested against a server that the tests workspace brings. */
export { type BlobsUnderTest, describeBlobs } from './blobs-contract.ts'
export { aReceiver, type Received, type Receiver } from './receiver.ts'
