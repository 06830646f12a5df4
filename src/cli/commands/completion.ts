// Why this file exists: the shell can finish our words; the script is made from the commands themselves, so it is never out of date.
import { type Command } from 'commander'
import { Fault } from '#fault'
import type { Declare } from '../program/noun.ts'

interface Branch {
  /** `machine power`; empty for the program itself. */
  readonly path: string
  readonly words: readonly string[]
}

export function declareCompletion(program: Command, declare: Declare): void {
  declare(program, {
    name: 'completion',
    summary: 'print a script with which the shell completes our words',
    help: 'For this shell only:\n\n  source <(coppice completion bash)\n\nFor all of yours, put that line into ~/.bashrc.',
    words: [['[shell]', 'bash']],
    run: async ({ io, words: [shell = 'bash'] }) => {
      if (shell === 'bash') return io.out(bashScript(branchesOf(program, ''), longFlags(program)))
      throw new Fault('CPC-CLI-001', {
        what: 'there is no completion for this shell',
        where: `coppice completion ${shell}`,
        why: 'only bash is supported',
        todo: 'use: coppice completion bash',
      })
    },
  })
}

function branchesOf(command: Command, path: string): readonly Branch[] {
  const options = longFlags(command)
  const verbs = command.commands.map((one) => one.name())
  const words = path === '' ? verbs : [...verbs, ...options]
  return [
    { path, words },
    ...command.commands.flatMap((one) => branchesOf(one, `${path} ${one.name()}`.trim())),
  ]
}

function longFlags(command: Command): readonly string[] {
  return command.options.map(({ long }) => long ?? '').filter((long) => long !== '')
}

/** Names of commands and flags are letters and hyphens, so they can stand in the script as they are. */
function bashScript(branches: readonly Branch[], common: readonly string[]): string {
  const cases = branches.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`)
  return `_coppice() {
  local word path='' words='' current="\${COMP_WORDS[COMP_CWORD]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  while :; do
    case "$path" in
${cases.join('\n')}
    esac
    [ -n "$words" ] && break
    case "$path" in *' '*) path="\${path% *}" ;; *) path='' ;; esac
  done
  COMPREPLY=($(compgen -W "$words ${common.join(' ')} --help" -- "$current"))
}
complete -F _coppice coppice`
}
