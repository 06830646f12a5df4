// Door of the room: an emulated rack on one machine, which drives the appliance as its users do.
export { labCommand, type LabIo, type LabVerb } from './lab-command.ts'
export { type LabFault, labFaultTable } from './faults.table.ts'
export type { LabFlags } from './options.ts'
export { type LabPackage, labPackages } from './packages.table.ts'
