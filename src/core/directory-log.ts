// Why this file exists: the log says when the way to the directory changes, once for each change, in a storm of them too.
import { type DirectoryState, heldFault } from '#ldap-sync'

/** `directory` for what is well, `alarm` for what wants a person. */
export type TellDirectory = (kind: 'directory' | 'alarm', subject: string, text: string) => void

export function directoryTeller(tell: TellDirectory): (state: DirectoryState) => void {
  let last = ''
  let refused = 0
  return (state) => {
    const { kind, fault, held, counts } = state
    if (counts.cookiesRefused > refused) {
      const text =
        'the server cannot go on from our cookie: all is read again, and served meanwhile'
      tell('directory', 'directory', text)
    }
    refused = counts.cookiesRefused
    // Thousands of removals that are held one after the other are a dozen lines.
    const magnitude = Math.ceil(Math.log2(held.length + 1))
    const key = JSON.stringify([kind, fault?.message, state.copyTrouble, magnitude])
    if (key === last) return
    last = key
    const isWell = kind === 'live' && held.length === 0
    tell(isWell ? 'directory' : 'alarm', 'directory', textOf(state))
  }
}

function textOf(state: DirectoryState): string {
  const { kind, fault, heardAt, copyTrouble } = state
  const faults = [fault, heldFault(state)].filter((each) => each !== undefined)
  const parts = [
    kind,
    ...(kind === 'away' && heardAt !== undefined
      ? [`what is served was confirmed at ${new Date(heardAt).toISOString()}`]
      : []),
    ...faults.map(({ message, text }) => `${message} (${text.where}); ${text.todo}`),
    copyTrouble,
  ]
  return parts.filter((part) => part !== undefined).join('; ')
}
