#!/usr/bin/env node
import { tributary } from './cli/tributary.ts'

const code = await tributary({
  args: process.argv.slice(2),
  env: process.env,
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
})
process.exit(code)
