// Why this file exists: "there is no such thing" is libvirt's answer to some questions, and what a step wants to others.
import { libvirtErrorCode, libvirtErrorOf } from '#libvirt'

/** `undefined` instead of a refusal for one of these reasons. */
export async function unless<T>(
  asking: Promise<T>,
  ...reasons: readonly (keyof typeof libvirtErrorCode)[]
): Promise<T | undefined> {
  try {
    return await asking
  } catch (error) {
    const code = libvirtErrorOf(error)?.code
    if (reasons.some((reason) => libvirtErrorCode[reason] === code)) return undefined
    throw error
  }
}
