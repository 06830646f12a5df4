// Why this file exists: waiting ends at once when it is not needed any more, and that is no error.
import type { EngineParts } from './parts.ts'

export async function rest(
  { pause }: Pick<EngineParts, 'pause'>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return
  try {
    await pause(milliseconds, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
