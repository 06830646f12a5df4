// Why this file exists: where the kernel has no NFS server, nfs-ganesha exports the image store: one read-only
// NFSv4.2 export on the provisioning address, with a grace period short enough that no guest's disk times out.
export interface GaneshaOptions {
  readonly bindAddress: string
  readonly exportPath: string
  readonly stateDirectory: string
}

/** Hosts reclaim their locks within this time after a restart; guests wait meanwhile and see no error. */
export const graceSeconds = 15

export const pseudoPath = '/images'

export function ganeshaConfig(options: GaneshaOptions): string {
  return `# Written by Coppice at each start; changes here are lost.
NFS_CORE_PARAM {
  Protocols = 4;
  Bind_addr = ${options.bindAddress};
  NFS_Port = 2049;
  Enable_NLM = false;
  Enable_RQUOTA = false;
  Enable_UDP = false;
  mount_path_pseudo = true;
  fsid_device = true;
}
NFSv4 {
  Graceless = false;
  Grace_Period = ${graceSeconds};
  Lease_Lifetime = ${graceSeconds};
  Minor_Versions = 1, 2;
  RecoveryRoot = ${quoted(options.stateDirectory)};
}
NFS_KRB5 { Active_krb5 = false; }
# Only root of a host may speak for it: who else is there has no port below 1024.
EXPORT_DEFAULTS { SecType = sys; Transports = TCP; Protocols = 4; PrivilegedPort = true; }
EXPORT {
  Export_Id = 1;
  Path = ${quoted(options.exportPath)};
  Pseudo = "${pseudoPath}";
  Access_Type = RO;
  Squash = No_Root_Squash;
  FSAL { Name = VFS; }
}
`
}

/** A quotation mark, backslash or line break in a path would end the string early. */
function quoted(path: string): string {
  if (/["\\\n\r]/.test(path))
    throw new Error(`a path that ganesha's configuration cannot hold: ${path}`)
  return `"${path}"`
}
