// Why this file exists: a board is reached from the appliance's namespace only, so this is started there: the power room,
// asked from a command line. Arguments: URL, secret file, folder, verbs. One line per verb.
import { readFileSync } from 'node:fs'
import { Fault } from '#fault'
import { openPower, systemClock } from '#power'

const [url = '', secretFile = '', secretFolder = '', ...verbs] = process.argv.slice(2)
const [user = '', secret = ''] = readFileSync(secretFile, 'utf8').trim().split(':')
const controller = openPower({
  url,
  credentials: { user, secret: { reveal: () => secret } },
  macs: [],
  secretFolder,
  clock: systemClock,
  limits: { deadlineMs: 4000, pollMs: 100 },
})

async function answer(verb: string): Promise<string> {
  switch (verb) {
    case 'status':
    case 'on':
    case 'off':
    case 'cycle':
      return controller[verb]()
    default:
      await controller.setBootOnce?.()
      return 'done'
  }
}

for (const verb of verbs) {
  const line = await answer(verb).catch((error: unknown) =>
    error instanceof Fault ? error.code : String(error),
  )
  process.stdout.write(`${line}\n`)
}
