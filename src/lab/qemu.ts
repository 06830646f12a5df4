// Why this file exists: an emulated machine is stock QEMU with stock firmware and nothing inside; this is its command line.
import type { MachinePlan } from './plan.ts'

export const qemuProgram = '/usr/bin/qemu-system-x86_64'
const ovmfCode = '/usr/share/OVMF/OVMF_CODE_4M.fd'
export const ovmfVariablesTemplate = '/usr/share/OVMF/OVMF_VARS_4M.fd'

export const consoleLog = (machine: MachinePlan): string => `${machine.directory}/console.log`
export const consoleSocket = (machine: MachinePlan): string => `${machine.directory}/console.sock`
export const monitorSocket = (machine: MachinePlan): string => `${machine.directory}/monitor.sock`
export const variablesFile = (machine: MachinePlan): string => `${machine.directory}/variables.fd`

/** No disk, no saved boot order: what it becomes it has from the wire. */
export function qemuArguments(machine: MachinePlan): readonly string[] {
  return [
    ['-name', machine.serial],
    ['-machine', 'q35,accel=tcg', '-cpu', 'max', '-m', String(machine.memoryMiB)],
    ['-nodefaults', '-no-user-config', '-nographic'],
    ['-uuid', machine.uuid],
    ['-smbios', `type=1,manufacturer=Coppice,product=Lab,serial=${machine.serial}`],
    ['-chardev', chardev('console', consoleSocket(machine), consoleLog(machine))],
    ['-serial', 'chardev:console'],
    ['-chardev', chardev('monitor', monitorSocket(machine))],
    ['-mon', 'chardev=monitor,mode=control'],
    ['-device', 'virtio-rng-pci'],
    ['-netdev', `tap,id=net0,ifname=${machine.tap},script=no,downscript=no`],
    ...firmwareArguments(machine),
  ].flat()
}

function chardev(id: string, path: string, log?: string): string {
  const socket = `socket,id=${id},path=${path},server=on,wait=off`
  return log === undefined ? socket : `${socket},logfile=${log},logappend=on`
}

function firmwareArguments(machine: MachinePlan): readonly (readonly string[])[] {
  const card = `virtio-net-pci,netdev=net0,mac=${machine.mac},bootindex=1`
  switch (machine.firmware) {
    case 'bios': // the default ROM of the card holds iPXE for BIOS
      return [['-device', card]]
    case 'uefi': // an empty ROM, else iPXE's EFI driver takes the card and the firmware's own PXE is never seen
      return [
        ['-device', `${card},romfile=`],
        ['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${ovmfCode}`],
        ['-drive', `if=pflash,format=raw,unit=1,file=${variablesFile(machine)}`],
        ['-fw_cfg', 'name=opt/org.tianocore/IPv6PXESupport,string=n'],
      ]
  }
}
