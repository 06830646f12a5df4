// Why this file exists: to measure what our way costs, the very command lines by which libvirt started the nodes are started
// once more by a plain shell; only what libvirt hands over as open files is put otherwise.

/** Of one QEMU, as /proc tells it. */
export interface FoundQemu {
  /** `compute1.hpl.physics` */
  readonly node: string
  readonly pid: number
  readonly argv: readonly string[]
}

const dropsValue = new Set(['-mon'])

/** The same machine without libvirt. `undefined`: it has no NIC on a tap. Pure. */
export function plainArgv(argv: readonly string[], tap: string): readonly string[] | undefined {
  const plain: string[] = []
  let taps = 0
  for (let at = 0; at < argv.length; at += 1) {
    const [flag = '', value = ''] = [argv[at], argv[at + 1]]
    // It would wait for libvirt to let it run.
    if (flag === '-S') continue
    if (!isDropped(flag, value)) {
      const isTap = flag === '-netdev' && isTapOf(value)
      if (isTap) taps += 1
      plain.push(flag)
      if (isTap) plain.push(onTap(value, tap))
      if (isTap) at += 1
      continue
    }
    at += 1
  }
  return taps === 1 ? plain : undefined
}

/** The monitor and the secret: both are libvirt's own, and end with it. */
function isDropped(flag: string, value: string): boolean {
  if (dropsValue.has(flag)) return true
  if (flag === '-chardev') return value.includes('id=charmonitor')
  return flag === '-object' && /secret/.test(value)
}

function isTapOf(value: string): boolean {
  return /^tap,|"type":"tap"/.test(value)
}

function onTap(value: string, tap: string): string {
  const [, id = 'hostnet0'] = /"id":"([^"]+)"|[,]id=([^,]+)/.exec(value)?.filter(Boolean) ?? []
  const vhost = /vhost(=on|":true)/.test(value) ? ',vhost=on' : ''
  return `tap,id=${id},ifname=${tap},script=no,downscript=no${vhost}`
}

/** Lines of `pid base64`, of every process whose name is a guest's. */
export const findQemu = `for folder in /proc/[0-9]*; do
  tr '\\0' '\\n' <"$folder/cmdline" 2>/dev/null | grep -q '^guest=' && echo "\${folder#/proc/} $(base64 <"$folder/cmdline" | tr -d '\\n')"
done; true`

export function readQemus(said: string): readonly FoundQemu[] {
  return said.split('\n').flatMap((line) => {
    const [, pid = '', encoded = ''] = /^(\d+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? []
    const argv = Buffer.from(encoded, 'base64').toString('utf8').split('\0').slice(0, -1)
    const node = argv.map((word) => /^guest=([^,]+),/.exec(word)?.[1]).find((name) => name)
    return node === undefined ? [] : [{ node, pid: Number(pid), argv }]
  })
}
