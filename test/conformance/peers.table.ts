// Why this table exists: where a peer that claims an RFC fails a case, the reason stands here; a case that fails without
// one, or passes in spite of one, fails the run. So a case that only our own code can pass is noticed.
import type { Reasons } from './reasons.ts'

export const peers: Readonly<Record<string, Reasons>> = {
  dnsmasq: [
    {
      reason: 'it turns LF into CR LF and leaves a CR of its own as it is',
      cases: ['RFC 1350 §5: netascii: LF is sent as CR LF, and CR alone as CR NUL'],
    },
    {
      reason: 'it writes its reply into the client’s packet, and secs stays',
      cases: [
        'RFC 2131 §2: ACK of a renewal: secs is 0',
        'RFC 2131 §2: ACK of an INFORM: secs is 0',
        'RFC 2131 §2: ACK: secs is 0',
        'RFC 2131 §2: NAK: secs is 0',
        'RFC 2131 §2: OFFER: secs is 0',
      ],
    },
    {
      reason: 'it keeps no record of what it offered: the first to ask for an address has it',
      cases: ['RFC 2131 §4.3.1: an address that is offered to another client is not offered'],
    },
    {
      reason:
        'with dhcp-authoritative, which this world needs for its NAKs, it takes every claim of a free address for a lost lease',
      cases: [
        'RFC 2131 §4.3.2: INIT-REBOOT: of a client that the server has no record of it says nothing',
        'RFC 2131 §4.3.4: a released address is not acknowledged to others who only say that they had it',
      ],
    },
    {
      reason: 'it waits for the client to give up when it finds that the address is another’s',
      cases: [
        'RFC 2131 §4.1: a NAK is broadcast to a client that uses an address wrongly',
        'RFC 2131 §4.3.2: REBINDING: a described machine that uses another’s address is refused',
      ],
    },
    {
      reason: 'with dhcp-authoritative it says NAK, so that the client begins anew with it',
      cases: [
        'RFC 2131 §4.3.2: SELECTING: a client that chose another server hears nothing from us',
      ],
    },
    {
      reason:
        'it drops the lease and remembers nothing of the conflict; with a ping before each offer (switched off here) it would find out',
      cases: [
        'RFC 2131 §4.3.3: a declined address is not offered to anybody else',
        'RFC 2131 §4.3.3: a declined address is not offered to its client again',
      ],
    },
    {
      reason:
        'it writes options in an order of its own; the mask and the broadcast address come always',
      cases: [
        'RFC 2132 §9.8: another order is kept, too',
        'RFC 2132 §9.8: what is not asked for is not sent',
      ],
    },
    {
      reason: 'it takes 255 in the list for the list’s end',
      cases: ['RFC 2132 §9.8: pad and end in the list ask for nothing'],
    },
    {
      reason:
        'it reads numbers by atoi: what is none is 0, and what is too small is raised or granted',
      cases: [
        'RFC 2348: a negative size is not granted',
        'RFC 2348: a size below 8 is not granted',
        'RFC 2348: a size of 0 is not granted',
        'RFC 2348: a size that is no number is not granted',
      ],
    },
    {
      reason: 'it knows blksize and tsize; the timeout option is ignored, as RFC 2347 allows',
      cases: [
        'RFC 2349: a timeout is granted as it was asked for',
        'RFC 2349: a timeout of one second is kept',
      ],
    },
    {
      reason: 'it leaves the relay’s information out when the reply gets long',
      cases: [
        'RFC 3046 §2.2: information of 200 octets comes back whole, in a reply of 576 octets',
      ],
    },
    {
      reason:
        'it sends the router whenever it is asked for; leaving it out is left to its administrator',
      cases: [
        'RFC 3442: a client that takes routes is told the default route among them, and no router beside',
      ],
    },
    {
      reason: 'it returns the UUID only in the replies of its own PXE service (pxe-service)',
      cases: ['RFC 4578 §2.3: the machine’s UUID comes back, as PXE clients check'],
    },
  ],
  'isc-dhcpd': [
    {
      reason: 'option values that are written for all clients are told to BOOTP clients, too',
      cases: ['RFC 1534 §2: a BOOTREPLY has no lease times'],
    },
    {
      reason: 'it copies secs from the request',
      cases: [
        'RFC 2131 §2: ACK of a renewal: secs is 0',
        'RFC 2131 §2: ACK of an INFORM: secs is 0',
        'RFC 2131 §2: ACK: secs is 0',
        'RFC 2131 §2: NAK: secs is 0',
        'RFC 2131 §2: OFFER: secs is 0',
      ],
    },
    {
      reason: 'it does not look at op',
      cases: [
        'RFC 2131 §2: a reply, op 2, is not answered',
        'RFC 2131 §2: an op that does not exist is not answered',
      ],
    },
    {
      reason: 'it obeys the broadcast flag before ciaddr',
      cases: [
        'RFC 2131 §4.1: a renewal is answered at the client’s address even with the broadcast flag',
      ],
    },
    {
      reason: 'it moves a client to the free address that it asks for',
      cases: [
        'RFC 2131 §4.3.1: a client with a lease that asks for another address is offered its own',
        'RFC 2131 §4.3.2: INIT-REBOOT: a client with a lease that names another address of the network is refused',
      ],
    },
    {
      reason:
        'it keeps no record of an offer that would stop another client from asking for that address',
      cases: ['RFC 2131 §4.3.1: an address that is offered to another client is not offered'],
    },
    {
      reason: 'being authoritative, it gives a free address of its pool to whoever claims it',
      cases: [
        'RFC 2131 §4.3.2: INIT-REBOOT: of a client that the server has no record of it says nothing',
        'RFC 2131 §4.3.4: a released address is not acknowledged to others who only say that they had it',
      ],
    },
    {
      reason: 'it acknowledges a REQUEST of a client of its own, whatever server is named there',
      cases: [
        'RFC 2131 §4.3.2: SELECTING: a client that chose another server hears nothing from us',
        'RFC 2131 §4.3.2: SELECTING: an offer that its client turned down is free for others',
      ],
    },
    {
      reason: 'it believes whoever declines: the lease is abandoned without a look at the client',
      cases: [
        'RFC 2131 §4.3.3: a client cannot decline another’s address',
        'RFC 2131 §4.3.3: what another server’s address is declined by means nothing here',
      ],
    },
    {
      reason: 'it does not compare the server identifier of a RELEASE',
      cases: ['RFC 2131 §4.3.4: a RELEASE for another server means nothing here'],
    },
    {
      reason:
        'its renewal times are values of the configuration, and are left out where the lease is shorter',
      cases: ['RFC 2131 §4.4.5: both are of the shorter lease that a client asked for'],
    },
    {
      reason:
        'it writes the information anew from what it has read, and an empty sub-option is lost',
      cases: ['RFC 3046 §2.2: sub-options that nobody knows come back, too'],
    },
    {
      reason:
        'it sends the router whenever it is asked for; leaving it out is left to its administrator',
      cases: [
        'RFC 3442: a client that takes routes is told the default route among them, and no router beside',
      ],
    },
    {
      reason:
        'the conditions of this world compare the whole of option 93; its language would allow more',
      cases: ['RFC 4578 §2.1: of several architectures the first counts'],
    },
    {
      reason: 'echo-client-id is not looked at for INFORM',
      cases: ['RFC 6842 §3: ACK of an INFORM has the client identifier'],
    },
  ],
  kea: [
    {
      reason: 'it pads its packets by nothing: what is shorter than 300 octets stays so',
      cases: [
        'RFC 2131 §2: ACK of an INFORM: it is not shorter than BOOTP’s 300 octets',
        'RFC 2131 §2: NAK: it is not shorter than BOOTP’s 300 octets',
      ],
    },
    {
      reason: 'it does not look at op',
      cases: [
        'RFC 2131 §2: a reply, op 2, is not answered',
        'RFC 2131 §2: an op that does not exist is not answered',
      ],
    },
    {
      reason: 'the broadcast flag of a NAK is the one of the REQUEST',
      cases: ['RFC 2131 §4.1: a NAK goes to the relay, and tells it to broadcast'],
    },
    {
      reason: 'its raw socket sends broadcasts of IP to the client’s card',
      cases: [
        'RFC 2131 §4.1: a NAK is broadcast to a client that uses an address wrongly',
        'RFC 2131 §4.1: a NAK is broadcast, though the client could take it at its card',
        'RFC 2131 §4.1: an ACK is broadcast when the client asks for that',
        'RFC 2131 §4.1: an OFFER is broadcast when the client asks for that',
      ],
    },
    {
      reason:
        'it does not keep what it offered (offers are no leases): the next DISCOVER gets the next address',
      cases: [
        'RFC 2131 §4.1: a client that asks twice with one transaction id is offered one address',
        'RFC 2131 §4.3.1: an address that is offered to another client is not offered',
      ],
    },
    {
      reason: 'a released lease is deleted at once, and its address goes to the end of the queue',
      cases: [
        'RFC 2131 §4.3.1: clients that gave their leases back are offered the same addresses',
      ],
    },
    {
      reason: 'being authoritative, it says NAK to a client that it has no record of',
      cases: [
        'RFC 2131 §4.3.2: INIT-REBOOT: of a client that the server has no record of it says nothing',
      ],
    },
    {
      reason:
        'whether it is silent about an address outside the client’s subnet depends on what it has of the client just then',
      cases: ['RFC 2131 §4.3.2: SELECTING: an address of another network is refused'],
      wavers: true,
    },
    {
      reason: 'it allocates an address for a REQUEST that names none',
      cases: ['RFC 2131 §4.3.2: SELECTING: without any address nothing is acknowledged'],
    },
    {
      reason: 'a malformed option is reason to drop the packet',
      cases: [
        'RFC 2132 §2: a lease time of three octets is no reason for silence',
        'RFC 2132 §9.8: an empty list is no reason for silence',
      ],
    },
    {
      reason: 'it does not read options out of file and sname',
      cases: [
        'RFC 2132 §9.3: even the message type may stand in file',
        'RFC 2132 §9.3: options in both are read',
        'RFC 2132 §9.3: options in file are read',
        'RFC 2132 §9.3: options in sname are read',
      ],
    },
    {
      reason: 'it writes options in the order of their codes',
      cases: [
        'RFC 2132 §9.8: another order is kept, too',
        'RFC 2132 §9.8: what is asked for is sent in the client’s order',
      ],
    },
    {
      reason: 'routers, name servers, domain and host name come always',
      cases: ['RFC 2132 §9.8: what is not asked for is not sent'],
    },
    {
      reason: 'the relay’s information is not returned to an INFORM',
      cases: [
        'RFC 3046 §2.2: ACK of an INFORM has it as the last option',
        'RFC 3046 §2.2: ACK of an INFORM has the relay’s information as it came',
      ],
    },
    {
      reason:
        'it sends the router whenever it is asked for; leaving it out is left to its administrator',
      cases: [
        'RFC 3442: a client that takes routes is told the default route among them, and no router beside',
      ],
    },
    {
      reason: 'it does not return the UUID',
      cases: ['RFC 4578 §2.3: the machine’s UUID comes back, as PXE clients check'],
    },
    {
      reason: 'its BOOTP library wants the cookie',
      cases: ['RFC 951 §7.3: a vendor field without the cookie is no reason for silence'],
    },
  ],
  'tftpd-hpa': [
    {
      reason: 'it answers or not by what an earlier packet left in its buffer',
      cases: [
        'RFC 1350 §5: a request whose string has no end is not served, and the next is',
        'RFC 1350 §5: a write over a file is refused',
      ],
      wavers: true,
    },
    {
      reason:
        'the socket of a transfer is connected to its client: strangers’ packets never reach it',
      cases: ['RFC 1350 §4: a stranger at a transfer’s port is told error 5'],
    },
    {
      reason: 'it drops what it does not know, without a word',
      cases: ['RFC 1350 §5: an operation that does not exist is error 4'],
    },
    {
      reason: 'it reads the number without its sign, and grants its largest block',
      cases: ['RFC 2348: a negative size is not granted'],
    },
  ],
  atftpd: [
    {
      reason:
        'it answers each acknowledgement with the block behind it, repeated ones too: the fault that RFC 1123 warns of',
      cases: [
        'RFC 1123 §4.2.3.1: a repeated acknowledgement is no reason to send a block again',
        'RFC 1123 §4.2.3.1: after repeated acknowledgements the blocks are not doubled for ever',
        'RFC 1123 §4.2.3.1: an acknowledgement of a block that was not sent skips nothing',
      ],
    },
    {
      reason: 'of its repeats after a time-out only a fragment of two octets leaves',
      cases: [
        'RFC 1123 §4.2.3.2: the wait before the second repeat is not shorter than before the first',
        'RFC 1350 §2: a block that is not acknowledged comes again',
      ],
    },
    {
      reason: 'it has one socket for all that a stranger may send, and tells it nothing',
      cases: ['RFC 1350 §4: a stranger at a transfer’s port is told error 5'],
    },
    {
      reason: 'it takes any mode but netascii for octet',
      cases: [
        'RFC 1350 §5: a mode that does not exist is refused',
        'RFC 1350 §5: mode mail is refused',
      ],
    },
    {
      reason:
        'it reads past what was sent, into what an earlier packet or its own zeros have left there',
      cases: [
        'RFC 1350 §5: a request whose string has no end is not served, and the next is',
        'RFC 1350 §5: a request without a mode is refused, and the next is served',
      ],
      wavers: true,
    },
    {
      reason: 'it takes files from anybody who may write into its folder',
      cases: ['RFC 1350 §5: a write is refused', 'RFC 1350 §5: a write over a file is refused'],
    },
    {
      reason: 'it refuses files that would need more than 65,535 blocks',
      cases: ['RFC 2348: a file of more than 65,535 blocks goes on with block 0'],
    },
    {
      reason: 'it reads the number with its sign, and grants it',
      cases: ['RFC 2348: a negative size is not granted'],
    },
  ],
  'dnsmasq-authority': [
    {
      reason: 'now and then it closes a connection on which another question waits to be read',
      cases: [
        'RFC 7766 §6.2.1: one connection carries many questions, one after the other',
        'RFC 7766 §8: two questions in one segment have two answers',
      ],
      wavers: true,
    },
    {
      reason: 'it answers only PTR in a reverse zone, and refuses the rest',
      cases: ['RFC 1035 §3.5: an address has no address'],
    },
    {
      reason: 'it drops every operation but QUERY without a word',
      cases: [
        'RFC 1035 §4.1.1: NOTIFY of a stranger is refused',
        'RFC 1035 §4.1.1: STATUS is not implemented',
        'RFC 1035 §4.1.1: UPDATE of a stranger is refused',
        'RFC 1035 §4.1.1: an inverse query is not implemented',
        'RFC 1035 §4.1.1: an operation that does not exist is not implemented',
      ],
    },
    {
      reason: 'it bounds names by its buffer, not by RFC 1035’s 255 octets',
      cases: ['RFC 1035 §4.1.2: a name of more than 255 octets is a format error'],
    },
    {
      reason: 'it reads the first question, and believes that nothing follows',
      cases: [
        'RFC 1035 §4.1.2: counts that the message has not are a format error',
        'RFC 9619 §4: two questions are a format error',
      ],
    },
    {
      reason: 'it does not look at the version of EDNS',
      cases: ['RFC 6891 §6: a later version is BADVERS, and no answer'],
    },
    {
      reason: 'a refusal is its question with a code',
      cases: ['RFC 6891 §6: a refusal has OPT, too'],
    },
    {
      reason: 'it looks for one OPT and not into it',
      cases: [
        'RFC 6891 §6: an option longer than its record is a format error',
        'RFC 6891 §6: two OPT records are a format error',
      ],
    },
  ],
}
