#!/usr/bin/env node
/** The command as it is installed: says what is missing where Node is too old for what `main.ts` imports. */
const OLDEST_NODE = 24

if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) await import('./main.ts')
else {
  process.stderr.write(
    `tributary needs Node ${OLDEST_NODE} or newer, and this is Node ${process.versions.node}: install a newer one from https://nodejs.org\n`,
  )
  process.exitCode = 1
}
