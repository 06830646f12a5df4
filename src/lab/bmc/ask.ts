// Why this file exists: the keeper of the machines is a process of its own; this is how the lab and the IPMI side speak
// to it, over a unix socket that only root can open.
import { request } from 'node:http'
import { member, numberMember, parseJson } from '../json.ts'

export interface KeeperWord {
  readonly on: boolean
  readonly pid?: number
}

const keeperMsMax = 10_000

export async function askKeeper(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
): Promise<KeeperWord> {
  const text = await new Promise<string>((resolve, reject) => {
    const asked = request({ socketPath, method, path, timeout: keeperMsMax }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const body = Buffer.concat(parts).toString('utf8')
        if (response.statusCode === 200) resolve(body)
        else reject(new Error(`the keeper refused ${method} ${path}: ${body}`))
      })
    })
    asked.on('timeout', () =>
      asked.destroy(new Error('the keeper of the machines does not answer')),
    )
    asked.on('error', reject)
    asked.end()
  })
  const word = parseJson(text)
  const pid = numberMember(word, 'pid')
  return { on: member(word, 'on') === true, ...(pid === undefined ? {} : { pid }) }
}
