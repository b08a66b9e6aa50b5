#!/usr/bin/env node
import { tributary } from './cli/tributary.ts'

// The system clock's timers keep no process alive, and a command may wait for nothing else.
setInterval(() => {}, 2_147_483_647)
const code = await tributary({
  args: process.argv.slice(2),
  env: process.env,
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
})
process.exit(code)
