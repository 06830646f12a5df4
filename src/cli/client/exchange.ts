// Why this file exists: files of other programs, in and out, as the commands see them.
import {
  type ExportFormat,
  type ImportRequest,
  type ImportView,
  importView,
  type OrderProgress,
} from '#api'
import type { Asking } from './asking.ts'

/** 100,000 entries, each of which the LDAP server writes to its disk. */
const importMsMax = 3_600_000

export interface ExchangeAppliance {
  readonly imports: {
    run(request: ImportRequest, onProgress: (progress: OrderProgress) => void): Promise<ImportView>
  }
  readonly exports: {
    file(order: {
      readonly format: ExportFormat
      readonly zone?: string | undefined
      readonly onBytes: (bytes: Uint8Array) => Promise<void>
      readonly signal: AbortSignal
    }): Promise<void>
  }
}

export function exchangePartsOf(asking: Asking): ExchangeAppliance {
  return {
    imports: {
      run: (body, onProgress) => {
        const path = '/v1/imports'
        const question = { method: 'POST', path, body, answerMsMax: importMsMax } as const
        return asking.watched(question, importView, onProgress)
      },
    },
    exports: {
      file: ({ format, zone, onBytes, signal }) => {
        const query = zone === undefined ? '' : `?${new URLSearchParams({ zone }).toString()}`
        return asking.file(`/v1/directory/export/${format}${query}`, onBytes, signal)
      },
    },
  }
}
