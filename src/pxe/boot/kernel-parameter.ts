// Why this file exists: bootParameter is written by hand in LDAP and ends on a kernel's command line, beside the
// words that say whom the host may trust. It may add to those, never replace them.
import { isOneWord } from './ipxe.ts'

declare const kernelParameterBrand: unique symbol

/** One word of a kernel command line that survives iPXE unchanged. */
export type KernelParameter = string & { readonly [kernelParameterBrand]: true }

/** What we say ourselves. The first stage reads the first of a kind, but nobody should have to know that. */
const reserved = /^coppice\.(server|ca|enrol|claim|mac|mode)(=|$)/
/** Linux takes 2,048 bytes in all on x86. */
const wordCharsMax = 256
export const kernelParametersMax = 32

function isKernelParameter(text: string): text is KernelParameter {
  return text.length <= wordCharsMax && isOneWord(text) && !reserved.test(text)
}

export interface KernelParameters {
  readonly taken: readonly KernelParameter[]
  /** Left out: with a space, a quote or a dollar inside, too long, too many, or reserved. */
  readonly refused: readonly string[]
}

/** Each value of the entry may hold several words, as people write them. */
export function readKernelParameters(values: readonly string[]): KernelParameters {
  const words = values.flatMap((value) => value.split(/[ \t]+/)).filter((word) => word !== '')
  const fit = words.slice(0, kernelParametersMax)
  return {
    taken: fit.filter(isKernelParameter),
    refused: [
      ...fit.filter((word) => !isKernelParameter(word)),
      ...words.slice(kernelParametersMax),
    ],
  }
}
