// Why this file exists: whoever judges an image needs the same three things: how it begins, how it ends, how long it is.
/** The largest cluster of QCOW2 (2 MiB): its first cluster holds everything that a header may say. */
export const headBytesMax = 2 * 1024 * 1024
/** The length of the footers that end VHD and DMG files. */
export const tailBytesMax = 512

export interface Sample {
  /** The first min(file, headBytesMax) bytes. */
  readonly head: Uint8Array
  /** The last min(file, tailBytesMax) bytes. */
  readonly tail: Uint8Array
  readonly fileBytes: number
}

/** The sample of a file that is in memory already. */
export function sampleOf(file: Uint8Array): Sample {
  return {
    head: file.subarray(0, headBytesMax),
    tail: file.subarray(Math.max(0, file.length - tailBytesMax)),
    fileBytes: file.length,
  }
}
