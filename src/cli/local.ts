// Why this file exists: some orders need no running appliance but other rooms; the program that is started brings them
// along, loaded only when they are asked for.
import type { ExampleOptions, ReadSettings } from '#config'
import type { LabFlags, LabVerb } from '#lab'
import type { BuildProgress, BuiltImage } from '#recipe'

export interface ImageOrder {
  readonly recipe: string
  readonly cacheDir: string
  readonly kernel?: string
  readonly outputDir?: string
  readonly onProgress: (progress: BuildProgress) => void
}

export interface LocalCommands {
  readonly version: string
  /** Resolves when the appliance was asked to stop and has. */
  serve(place: { readonly configPath: string; readonly dataDir: string }): Promise<void>
  /** The number is the exit status. */
  lab(verb: LabVerb, flags: LabFlags): Promise<number>
  /** Rejects with a Fault when there is no such recipe. */
  buildImage(order: ImageOrder): Promise<BuiltImage>
  exampleSettings(options: ExampleOptions): Promise<string>
  readSettings(text: string, fileName: string, dataDir: string): Promise<ReadSettings>
}
