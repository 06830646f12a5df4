// Why this file exists: it plays the appliance: of two children of one process, one makes a namespace (as core does)
// and the other one opens it (as wire does). It says what the second one saw.
import { execFileSync } from 'node:child_process'
import { interfaceAddresses, openNamespace } from '#net'

const [, , name = '', part] = process.argv

if (part === 'wire') {
  using namespace = openNamespace(name)
  const outside = interfaceAddresses('only0', namespace)?.ip4[0]?.address ?? 'none'
  const within = interfaceAddresses('lo', namespace)?.ip4[0]?.address ?? 'none'
  process.stdout.write(`only0: ${outside}, lo within: ${within}\n`)
} else {
  execFileSync('ip', ['netns', 'add', name])
  try {
    execFileSync('ip', ['-n', name, 'link', 'set', 'lo', 'up'])
    const argv = [import.meta.filename, name, 'wire']
    execFileSync(process.execPath, argv, { stdio: ['ignore', 'inherit', 'inherit'] })
  } finally {
    execFileSync('ip', ['netns', 'delete', name])
  }
}
