// Door of the room: the image store's NFS export.
export {
  chooseNfs,
  exportfsArgv,
  type NfsChoice,
  type NfsMeans,
  type NfsSetting,
} from './choose.ts'
export { ganeshaConfig, type GaneshaOptions, graceSeconds, pseudoPath } from './ganesha.ts'
