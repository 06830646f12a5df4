// Why this file exists: under systemd (Type=notify) the unit is up when we say so, not when the process exists.
import { execFile } from 'node:child_process'

/** `isAsked`: the environment names systemd's socket. */
export function notifySystemd(isAsked: boolean, state: 'READY=1' | 'STOPPING=1'): void {
  if (!isAsked) return
  // systemd's own program speaks the protocol; failing to tell is no reason to stop.
  execFile('systemd-notify', ['--pid=parent', state], { timeout: 2_000 }, () => undefined)
}
