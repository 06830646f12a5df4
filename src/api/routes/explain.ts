// Why this file exists: the routes that tell what machines would get, now or if; none of them changes anything.
import { z } from 'zod'
import { exactly } from '../exactly.ts'
import type {
  ExplanationView,
  FactView,
  WhatIfEntries,
  WhatIfPackets,
  WhatIfView,
} from '../explain-services.ts'
import { lintView, machineRequest } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, failures } from './typed.ts'

const tags = ['directory']
/** 8 MiB of capture, in base64. */
const pcapCharsMax = 12 * 1024 * 1024
const hexCharsMax = 32 * 1024
const ldifCharsMax = 256 * 1024
const bodyBytesMax = pcapCharsMax + 64 * 1024

const factView = exactly<FactView>()(
  z.object({
    topic: z.string(),
    text: z.string(),
    why: z.string().exactOptional(),
    rule: z.string().exactOptional(),
    operands: z.array(z.union([z.string(), z.number()])).exactOptional(),
    entry: z.string().exactOptional(),
    values: z.record(z.string(), z.string()).exactOptional(),
    packet: z.int().exactOptional(),
  }),
)

export const explanation = exactly<ExplanationView>()(
  z.object({
    subject: z.string(),
    kind: z.string(),
    lines: z.array(z.string()),
    facts: z.array(factView),
  }),
)

export const whatIfView = exactly<WhatIfView>()(
  z.object({
    lines: z.array(z.string()),
    findings: z.array(lintView),
    explained: z.array(explanation),
    ldif: z.string(),
  }),
)

const entriesRequest = exactly<WhatIfEntries>()(
  z.strictObject({
    machine: machineRequest.optional(),
    ldif: z.string().max(ldifCharsMax).optional(),
  }),
)

const packetsRequest = exactly<WhatIfPackets>()(
  z.strictObject({
    pcap: z.string().max(pcapCharsMax).optional(),
    hex: z.string().max(hexCharsMax).optional(),
    protocol: z.enum(['dhcp', 'dns', 'tftp']).optional(),
  }),
)

export function addExplainRoutes(app: Api, services: Services): void {
  app.get(
    '/v1/explain/:subject',
    {
      schema: {
        tags,
        summary: 'What a machine (by name, MAC or address) would get right now, and why',
        params: z.object({ subject: z.string().min(1).max(253) }),
        response: { 200: explanation, ...failures },
      },
    },
    ({ params: { subject } }) => services.explain(subject),
  )
  app.post(
    '/v1/whatif/entries',
    {
      schema: {
        tags,
        summary: 'What a machine, or entries in LDIF, would get if they were in the directory',
        description:
          'Give `machine` as for POST /v1/machines, or `ldif`. Nothing is written; `findings` is what lint would find then.',
        body: entriesRequest,
        response: { 200: whatIfView, ...failures },
      },
    },
    ({ body }) => services.whatIf.entries(body),
  )
  app.post(
    '/v1/whatif/packets',
    {
      bodyLimit: bodyBytesMax,
      schema: {
        tags,
        summary: 'What captured packets of DHCP, DNS and TFTP would be answered, each by itself',
        description:
          'Give `pcap` (a pcap or pcapng file in base64) or `hex` (one UDP payload). Nothing is sent, and no lease is made.',
        body: packetsRequest,
        response: { 200: explanation, ...failures },
      },
    },
    ({ body }) => services.whatIf.packets(body),
  )
}
