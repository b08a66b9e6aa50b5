/**
 * Loaded into a coordinator that a test starts: when the test's process is gone, however it went, so is the coordinator.
 * The pipe on which the test never says a word is all that tells.
 */
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume()
