// Why this file exists: nobody should have to say where the appliance is when it is in its usual place.
import type { CliIo } from '../io.ts'
import { type Appliance, openAppliance } from './appliance.ts'
import { isUnreachable } from './answer.ts'
import { openExchange } from './http.ts'
import { placesToTry } from './place.ts'
import { readToken } from './token.ts'

export async function connect(server: string | undefined, io: CliIo): Promise<Appliance> {
  const [first, ...others] = placesToTry(server, io.env)
  const token = readToken(io)
  const preferred = openExchange(first, token)
  for (const place of others) {
    // Somebody answers at the better place: his answer counts, whatever it is.
    const failed = await preferred.ask({ method: 'GET', path: '/healthz' }).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (!isUnreachable(failed)) break
    const other = openExchange(place, token)
    const isThere = await other.ask({ method: 'GET', path: '/healthz' }).then(
      () => true,
      (error: unknown) => !isUnreachable(error),
    )
    if (isThere) return openAppliance(other)
  }
  return openAppliance(preferred)
}
