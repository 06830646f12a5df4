// Why this file exists: an image says what it is made of, so that a person can see which security updates it has, and
// the cache whether it is still the one that is asked for.
import { z } from 'zod'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const shape = z.strictObject({
  version: z.literal(1),
  recipe: z.string(),
  /** Of recipe, overlay files and package versions: the same digest is the same image. */
  digest: sha256,
  kernelRelease: z.string(),
  kernelPackage: z.string(),
  kernel: z.strictObject({ file: z.string(), bytes: z.int(), sha256 }),
  initrd: z.strictObject({ file: z.string(), bytes: z.int(), sha256 }),
  /** What the initrd occupies in the memory of a host, once unpacked. */
  unpackedBytes: z.int(),
  packages: z.array(
    z.strictObject({ name: z.string(), version: z.string(), architecture: z.string() }),
  ),
})

export type ImageManifest = Readonly<z.output<typeof shape>>

/** `undefined`: not the manifest of an image, or of another version. */
export function parseManifest(text: string): ImageManifest | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

export function manifestText(manifest: ImageManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}
