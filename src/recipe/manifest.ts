// Why this file exists: an image says what it is made of, so that a person can see which security updates it has, and
// the cache whether it is still the one that is asked for.
import { z } from 'zod'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const file = z.strictObject({ file: z.string(), bytes: z.int(), sha256 })
const common = {
  version: z.literal(1),
  recipe: z.string(),
  /** Of recipe, overlay files and package versions: the same digest is the same image. */
  digest: sha256,
  kernelRelease: z.string(),
  kernelPackage: z.string(),
  packages: z.array(
    z.strictObject({ name: z.string(), version: z.string(), architecture: z.string() }),
  ),
}
const netbootShape = z.strictObject({
  ...common,
  kernel: file,
  initrd: file,
  /** What the initrd occupies in the memory of a host, once unpacked. */
  unpackedBytes: z.int(),
})
const diskShape = z.strictObject({
  ...common,
  /** In the format qcow2, without a backing file. */
  disk: file,
  /** Its size as a node sees it. */
  virtualBytes: z.int(),
})

export type NetbootManifest = Readonly<z.output<typeof netbootShape>>
export type DiskManifest = Readonly<z.output<typeof diskShape>>
export type ImageManifest = NetbootManifest | DiskManifest

/** `undefined`: not the manifest of an image, or of another version. */
export function parseManifest(text: string): ImageManifest | undefined {
  try {
    return z.union([netbootShape, diskShape]).safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

export function manifestText(manifest: ImageManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** The files that lie beside a manifest and must be whole. */
export function manifestFiles(manifest: ImageManifest): readonly z.output<typeof file>[] {
  return 'disk' in manifest ? [manifest.disk] : [manifest.kernel, manifest.initrd]
}
