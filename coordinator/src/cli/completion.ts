import * as z from 'zod'
import { readTextFile } from '../adapters/files/text-file.ts'
import { ConfigError } from '../config.ts'
import { readSettings } from '../settings/read-settings.ts'
import type { Command } from './command.ts'
import { completionScript, SHELLS, type Shell } from './completion-scripts.ts'

/** Completes the commands that it is given, and itself. */
export const completionCommand = (commands: readonly Command[]): Command => {
  const own: Command = {
    name: 'completion',
    summary: 'a script by which a shell completes commands and flags',
    usage: `tributary completion <shell>

Prints the script. In ~/.bashrc, ~/.zshrc (after compinit) or ~/.config/fish/config.fish:

  source <(tributary completion bash)
  source <(tributary completion zsh)
  tributary completion fish | source

  <shell>                ${SHELLS.join(', ')}
`,
    failed: 'There is no script.',
    async run(call) {
      const { operand } = readSettings(
        { settings: NONE, flags: NONE, fromFiles: [], switches: [], operands: ['shell'] },
        { ...call, readText: readTextFile },
      )
      const shell = SHELLS.find((one): one is Shell => one === operand('shell'))
      if (!shell) throw new ConfigError([{ path: '<shell>', message: `must be one of ${SHELLS.join(', ')}` }])
      call.print(completionScript(shell, [...commands, own]))
      return 0
    },
  }
  return own
}

const NONE = z.object({})
