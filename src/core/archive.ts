// Why this file exists: the answer to an enrolment is several files, and tar is the one archive that every busybox reads.

export interface ArchiveFile {
  readonly name: string
  readonly content: string
}

const blockBytes = 512
const nameBytesMax = 100

/** A ustar archive of small text files, readable by their owner alone. */
export function tarArchive(files: readonly ArchiveFile[], atSeconds: number): Buffer {
  const parts = files.flatMap(({ name, content }) => {
    const body = Buffer.from(content, 'utf8')
    const padding = Buffer.alloc((blockBytes - (body.length % blockBytes)) % blockBytes)
    return [header(name, body.length, atSeconds), body, padding]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)])
}

function header(name: string, bytes: number, atSeconds: number): Buffer {
  if (!/^[a-z0-9._-]+$/i.test(name) || name.length > nameBytesMax) {
    throw new RangeError(`a name that this archive does not take: ${name}`)
  }
  const block = Buffer.alloc(blockBytes)
  block.write(name, 0)
  block.write('0000600\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  block.write(octal(bytes), 124)
  block.write(octal(atSeconds), 136)
  block.write('        ', 148)
  block.write('0', 156)
  block.write('ustar\u000000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function octal(value: number): string {
  return `${value.toString(8).padStart(11, '0')}\0`
}
