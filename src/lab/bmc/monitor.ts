// Why this file exists: a graceful shutdown is a button press, and QEMU's button is its monitor (QMP, JSON lines).
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

const answerMsMax = 5000

/** Settles when QEMU has taken the press; what the guest makes of it is the guest's affair. */
export async function pressPowerButton(socketPath: string): Promise<void> {
  const socket = connect(socketPath)
  socket.setTimeout(answerMsMax, () => socket.destroy(new Error('the monitor does not answer')))
  try {
    await talk(socket, ['qmp_capabilities', 'system_powerdown'])
  } finally {
    socket.destroy()
  }
}

/** The monitor greets, then answers each command with one `return`; events may stand between. */
async function talk(socket: Socket, commands: readonly string[]): Promise<void> {
  const left = [...commands]
  const sendNext = (): void => {
    socket.write(`${JSON.stringify({ execute: left.shift() })}\n`)
  }
  for await (const line of createInterface({ input: socket })) {
    if (line.includes('"error"')) throw new Error(`the monitor refused: ${line}`)
    if (!line.includes('"QMP"') && !line.includes('"return"')) continue
    if (left.length === 0) return
    sendNext()
  }
  throw new Error('the monitor closed the connection')
}
