// Why this table exists: each kind of firmware takes another first loader (RFC 4578 §2.1, IANA's list of
// processor architectures). The names are those of iPXE's builds; a missing file is the transfer's to report.
export const biosArchitecture = 0

export const loaderOfArchitecture: Readonly<Record<number, string>> = {
  [biosArchitecture]: 'undionly.kpxe', // x86 BIOS
  6: 'snponly-i386.efi', // x86 UEFI, which runs no x64 program
  7: 'snponly.efi', // x64 UEFI
  9: 'snponly.efi', // EBC, which some x64 firmware claims to be
  11: 'snponly-arm64.efi', // ARM64 UEFI
  15: 'snponly-i386.efi', // x86 UEFI, HTTP
  16: 'snponly.efi', // x64 UEFI, HTTP
  19: 'snponly-arm64.efi', // ARM64 UEFI, HTTP
}
