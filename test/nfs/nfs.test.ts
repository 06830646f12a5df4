// Why this file exists: the image store is exported by whatever the machine has, read-only, to hosts alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseNfs, exportfsArgv, ganeshaConfig } from '#nfs'

for (const [sentence, setting, kernelServer, ganesha, kind] of [
  ['auto takes the kernel server where there is one', 'auto', true, true, 'kernel'],
  ['auto takes ganesha where there is no kernel server', 'auto', false, true, 'ganesha'],
  ['auto without either goes on without NFS and says so', 'auto', false, false, 'none'],
  ['ganesha is taken when asked for, beside a kernel server', 'ganesha', true, true, 'ganesha'],
  ['kernel without a kernel server is refused', 'kernel', false, true, 'none'],
  [
    'an export of somebody else is used as it is',
    { export: 'filer:/images' },
    true,
    true,
    'external',
  ],
] as const) {
  test(sentence, () => {
    assert.equal(chooseNfs(setting, { kernelServer, ganesha }).kind, kind)
  })
}

test('the export is read-only and bound to the provisioning address', () => {
  const options = { bindAddress: '10.77.0.1', exportPath: '/srv/images', stateDirectory: '/s' }
  const text = ganeshaConfig(options)
  assert.match(text, /Access_Type = RO;/)
  assert.match(text, /PrivilegedPort = true;/)
  assert.match(text, /Bind_addr = 10\.77\.0\.1;/)
  assert.match(text, /Graceless = false;/)
})

test('a path that would end its string early is refused', () => {
  const options = {
    bindAddress: '10.77.0.1',
    stateDirectory: '/s',
    exportPath: '/a"; Access_Type = RW; #',
  }
  assert.throws(() => ganeshaConfig(options), /cannot hold/)
})

test('the kernel export is one argv with the client and the path as one word', () => {
  assert.equal(exportfsArgv('10.77.0.0/24', '/srv/images').at(-1), '10.77.0.0/24:/srv/images')
})
