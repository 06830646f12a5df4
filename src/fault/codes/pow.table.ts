// Why this table exists: the codes CPC-POW-… that the room power may report, each explained once.
import type { FaultEntry } from '../fault.ts'

export const powFaults = {
  'CPC-POW-001': {
    title: 'A BMC does not answer',
    explanation:
      'The management controller of a machine gave no answer within its deadline. It may be off, hung, on another network, or its address (coppicePower) may be wrong. The state of the machine is unknown: nothing that must run only once is started elsewhere until its power is known to be off.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-POW-002': {
    title: 'A BMC refused a command',
    explanation:
      'The management controller answered with an error; its own words are shown. Usual reasons: the account may not switch power, the controller is busy, or it does not know the command.',
    exit: 'failed',
    status: 502,
  },
  'CPC-POW-003': {
    title: 'The power did not change',
    explanation:
      'The management controller took the command, but the power was not as asked until the deadline. It was not reported as done. Look at the machine; if it is certain that its power is off, a person can confirm that.',
    exit: 'timedOut',
    status: 504,
  },
  'CPC-POW-004': {
    title: 'A power address cannot be used',
    explanation:
      'coppicePower is a URL: redfish+https://host[:port]/redfish/v1/Systems/ID, redfish+http://…, ipmi://host[:port] or wol://[broadcast-address]. It holds no user and no password; those are given with "coppice machine set --power-secret-file". IPMI cipher suite 0 is refused, for it lets anybody in.',
    exit: 'usage',
    status: 400,
  },
  'CPC-POW-005': {
    title: 'This kind of power control cannot do that',
    explanation:
      'Wake-on-LAN can only switch on, and some management controllers offer no boot override or no hard power-off. Use another address for the machine, or do it by hand.',
    exit: 'refused',
    status: 409,
  },
  'CPC-POW-006': {
    title: 'A BMC refused the credentials',
    explanation:
      'The user or the password that is stored for the machine is wrong, or missing. Give the right one with "coppice machine set --power-secret-file". Controllers lock accounts after a few wrong attempts, so it is not tried again by itself.',
    exit: 'refused',
    status: 502,
  },
  'CPC-POW-007': {
    title: 'The answer of a BMC was not accepted',
    explanation:
      'The management controller sent something that it should not: an answer that is too long, is no JSON, has not the expected parts, or that points to another host, where our credentials do not go. Compare its firmware with the vendor’s newest.',
    exit: 'failed',
    status: 502,
  },
  'CPC-POW-008': {
    title: 'The program for IPMI is missing',
    explanation:
      'IPMI is spoken through ipmitool, which is not installed on the appliance. Install the Debian package ipmitool, or use Redfish.',
    exit: 'failed',
    status: 500,
  },
} as const satisfies Record<string, FaultEntry>
