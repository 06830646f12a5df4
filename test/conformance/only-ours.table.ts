// Why this table exists: cases that every peer fails that was asked. Each is doubtful until the RFC's own words stand
// beside it.
export const onlyOurs: Readonly<Record<string, string>> = {
  'RFC 2131 §4.3.2: INIT-REBOOT: of a client that the server has no record of it says nothing':
    '“If the DHCP server has no record of this client, then it MUST remain silent”',
  'RFC 2131 §4.3.1: an address that is offered to another client is not offered':
    '§3.1, 2: “the server SHOULD NOT reuse the selected network address before the client responds to the server’s message”',
  'RFC 3442: a client that takes routes is told the default route among them, and no router beside':
    '“the DHCP server SHOULD NOT include the Router or Static Routes options”',
  'RFC 2348: a negative size is not granted':
    '“Valid values range between "8" and "65464" octets, inclusive.”',
}
