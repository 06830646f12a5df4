// Why this file exists: a module that is left out shows only on the machine that lacks it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseModules } from '../../src/recipe/modules.ts'

const index = `kernel/fs/nfs/nfsv4.ko: kernel/fs/nfs/nfs.ko kernel/net/sunrpc/sunrpc.ko
kernel/fs/nfs/nfs.ko: kernel/net/sunrpc/sunrpc.ko
kernel/net/sunrpc/sunrpc.ko:
kernel/net/bridge/netfilter/ebt_ip.ko:
kernel/net/bridge/netfilter/ebt_arp.ko.xz:
kernel/sound/snd-pcm.ko:
`
const builtin = 'kernel/net/packet/af_packet.ko\nkernel/drivers/virtio/virtio-pci.ko\n'

for (const [sentence, wanted, files, missing] of [
  [
    'a module comes with those it depends on',
    ['nfsv4'],
    ['kernel/fs/nfs/nfs.ko', 'kernel/fs/nfs/nfsv4.ko', 'kernel/net/sunrpc/sunrpc.ko'],
    [],
  ],
  ['a module that is built in needs no file', ['af_packet', 'virtio_pci'], [], []],
  ['- and _ in a name are the same', ['snd_pcm'], ['kernel/sound/snd-pcm.ko'], []],
  [
    '* takes all that match, compressed or not',
    ['ebt_*'],
    ['kernel/net/bridge/netfilter/ebt_arp.ko.xz', 'kernel/net/bridge/netfilter/ebt_ip.ko'],
    [],
  ],
  [
    'a module that is nowhere is named',
    ['e1000e', 'nfs'],
    ['kernel/fs/nfs/nfs.ko', 'kernel/net/sunrpc/sunrpc.ko'],
    ['e1000e'],
  ],
  ['an empty wish brings nothing', [], [], []],
] as const) {
  test(sentence, () => {
    assert.deepEqual(chooseModules(wanted, index, builtin), { files, missing })
  })
}
