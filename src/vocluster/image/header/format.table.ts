// Why this table exists: every form that a file could be taken for by some tool, with the bytes that give it away, so
// that a file is published only when exactly one of them speaks, and that one is what its owner declared.
export interface Signature {
  readonly format: string
  readonly where: 'head' | 'tail'
  readonly offset: number
  /** Latin-1 text; bytes outside ASCII as \x escapes. */
  readonly magic: string
}

const head = (format: string, magic: string, offset = 0): Signature => ({
  format,
  where: 'head',
  offset,
  magic,
})
const tail = (format: string, magic: string, offset = 0): Signature => ({
  format,
  where: 'tail',
  offset,
  magic,
})

export const signatures: readonly Signature[] = [
  head('qcow2', 'QFI\xfb'),
  head('QED', 'QED\0'),
  head('VMDK', 'KDMV'),
  head('VMDK', 'COWD'),
  head('VMDK', '\xbe\xba\xfe\xca\0\0\0\0'),
  head('VMDK descriptor', '# Disk DescriptorFile'),
  head('VHD', 'conectix'),
  tail('VHD', 'conectix'),
  tail('VHD', 'conectix', 1), // the footer of old versions is 511 bytes long
  head('VHDX', 'vhdxfile'),
  head('VDI', '\x7f\x10\xda\xbe', 64),
  head('LUKS', 'LUKS\xba\xbe'),
  head('DMG', 'koly'),
  tail('DMG', 'koly'),
  head('Parallels', 'WithoutFreeSpace'),
  head('Parallels', 'WithouFreSpacExt'),
  head('Bochs', 'Bochs Virtual HD Image'),
  head('cloop', '#!/bin/sh\n#V2.0 Format'),
  head('ISO 9660', 'CD001', 0x8001),
  head('UDF', 'BEA01', 0x8001),
  head('tar', 'ustar', 257),
  head('gzip', '\x1f\x8b'),
  head('xz', '\xfd7zXZ\0'),
  head('zstd', '\x28\xb5\x2f\xfd'),
  head('bzip2', 'BZh'),
  head('lz4', '\x04\x22\x4d\x18'),
  head('lzip', 'LZIP'),
  head('zip', 'PK\x03\x04'),
  head('7z', '7z\xbc\xaf\x27\x1c'),
]
