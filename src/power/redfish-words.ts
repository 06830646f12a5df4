// Why this file exists: vendors leave parts of a system resource away and write others their own way; what we need
// of it is read here, and everything else may be anything.
import { z } from 'zod'

const link = z.object({ '@odata.id': z.string() })

const reset = z.object({
  target: z.string(),
  'ResetType@Redfish.AllowableValues': z.array(z.string()).optional(),
  // DSP0266 has a string here; some write a link.
  '@Redfish.ActionInfo': z.union([z.string(), link]).optional(),
})

const boot = z.object({
  'BootSourceOverrideTarget@Redfish.AllowableValues': z.array(z.string()).optional(),
  BootSourceOverrideTarget: z.string().nullish(),
})

const system = z.object({
  '@odata.etag': z.string().optional(),
  PowerState: z.enum(['On', 'Off', 'PoweringOn', 'PoweringOff', 'Paused']).nullish(),
  Actions: z.object({ '#ComputerSystem.Reset': reset.optional() }).optional(),
  Boot: boot.nullish(),
  '@Redfish.Settings': z.object({ SettingsObject: link.optional() }).optional(),
})

export type SystemWords = z.infer<typeof system>

const actionInfo = z.object({
  Parameters: z.array(
    z.object({ Name: z.string(), AllowableValues: z.array(z.string()).optional() }),
  ),
})

const message = z.object({
  MessageId: z.string().optional(),
  Message: z.string().optional(),
  Resolution: z.string().optional(),
})

/** DSP0266 8.5; a single message instead of a list is seen too. */
const extendedError = z.object({
  error: z.object({
    code: z.string().optional(),
    message: z.string().optional(),
    '@Message.ExtendedInfo': z
      .union([z.array(message), message.transform((one) => [one])])
      .optional(),
  }),
})

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** `undefined`: not a computer system in any vendor's spelling. */
export function readSystem(value: unknown): SystemWords | undefined {
  return system.safeParse(value).data
}

export function readResetTypes(value: unknown): readonly string[] | undefined {
  const parameters = actionInfo.safeParse(value).data?.Parameters
  return parameters?.find(({ Name }) => Name === 'ResetType')?.AllowableValues
}

/** What the BMC says that went wrong, in its own words; `undefined` when it says nothing. */
export function readError(value: unknown): string | undefined {
  const error = extendedError.safeParse(value).data?.error
  if (!error) return undefined
  const details = (error['@Message.ExtendedInfo'] ?? []).map((one) =>
    [one.Message, one.Resolution, one.MessageId && `(${one.MessageId})`].filter(Boolean).join(' '),
  )
  const text =
    details.length > 0 ? details.join('; ') : `${error.message ?? ''} ${error.code ?? ''}`
  return text.trim() === '' ? undefined : text
}
