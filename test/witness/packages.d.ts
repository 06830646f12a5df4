// Why this file exists: the witnesses are installed apart from the product, and the compiler must understand their
// tests where they are not; so here is as much of each package as the tests use.

declare module 'dns2' {
  interface Resource {
    readonly name: string
    readonly type: number
    readonly ttl?: number
    readonly address?: string
    readonly domain?: string
    readonly ns?: string
    readonly primary?: string
    readonly admin?: string
    readonly serial?: number
    readonly minimum?: number
  }
  export interface Dns2Packet {
    readonly header: { readonly rcode: number; readonly aa: number; readonly tc: number }
    readonly questions: readonly { readonly name: string }[]
    readonly answers: readonly Resource[]
    readonly authorities: readonly Resource[]
    readonly additionals: readonly Resource[]
    readonly errors: readonly Error[]
  }
  type Ask = (name: string, type: string) => Promise<Dns2Packet>
  interface Place {
    readonly dns: string
    readonly port: number
    readonly retryOverTCP?: boolean
  }
  interface Dns2Server {
    listen(listen: {
      readonly udp: { readonly port: number; readonly address: string }
    }): Promise<unknown>
    addresses(): { readonly udp: { readonly port: number } }
    close(): Promise<void>
  }
  const dns2: {
    readonly UDPClient: (place: Place) => Ask
    readonly TCPClient: (place: Place) => Ask
    readonly Packet: {
      parse(bytes: Buffer): Dns2Packet
      createResponseFromRequest(request: Dns2Packet): Dns2Packet
    }
    createServer(options: {
      readonly udp: boolean
      readonly handle: (request: Dns2Packet, send: (response: Dns2Packet) => void) => void
    }): Dns2Server
  }
  export default dns2
}

declare module 'tftp' {
  import type { EventEmitter } from 'node:events'
  import type { Readable } from 'node:stream'

  interface Options {
    readonly host: string
    readonly port: number
    readonly root?: string
    readonly blockSize?: number
    readonly windowSize?: number
    readonly retries?: number
    readonly timeout?: number
  }
  interface TftpServer extends EventEmitter {
    listen(): void
    close(): void
  }
  const tftp: {
    createClient(options: Options): { createGetStream(remote: string): Readable }
    createServer(options: Options): TftpServer
  }
  export default tftp
}

declare module 'dhcp' {
  import type { EventEmitter } from 'node:events'

  interface Client extends EventEmitter {
    listen(port: number, host: string, listening: () => void): void
    sendDiscover(): void
    close(closed?: () => void): void
    /** Not part of its door: where it would go to port 67. */
    _send(host: string, message: unknown): void
  }
  interface Server extends EventEmitter {
    listen(port: number, host: string, listening: () => void): void
    readonly _sock: { address(): { readonly port: number } }
  }
  const dhcp: {
    createClient(options: { readonly mac: string; readonly features?: readonly string[] }): Client
    createServer(options: Readonly<Record<string, unknown>>): Server
  }
  export default dhcp
}

declare module 'dhcp/lib/protocol.js' {
  const protocol: {
    parse(bytes: Buffer): {
      readonly op: number
      readonly xid: number
      readonly yiaddr: string
      readonly siaddr: string
      readonly chaddr: string
      readonly options: Readonly<Record<number, unknown>>
    }
    format(message: unknown): { readonly _data: Buffer; readonly _w: number }
  }
  export default protocol
}

declare module 'ldapjs' {
  import type { EventEmitter } from 'node:events'

  type Done = (error: Error | null) => void
  interface SearchOptions {
    readonly scope: 'base' | 'one' | 'sub'
    readonly filter: string
  }
  interface Client extends EventEmitter {
    bind(dn: string, secret: string, done: Done): void
    add(dn: string, entry: Readonly<Record<string, string | readonly string[]>>, done: Done): void
    modify(dn: string, change: unknown, done: Done): void
    del(dn: string, done: Done): void
    search(
      base: string,
      options: SearchOptions,
      controls: readonly unknown[],
      done: (error: Error | null, found: EventEmitter) => void,
    ): void
    unbind(done?: Done): void
    destroy(): void
  }
  const ldapjs: {
    createClient(options: { readonly url: string }): Client
    readonly Change: new (change: {
      readonly operation: 'add' | 'replace' | 'delete'
      readonly modification: { readonly type: string; readonly values: readonly string[] }
    }) => unknown
    readonly Control: new (control: {
      readonly type: string
      readonly criticality: boolean
      readonly value: Buffer
    }) => unknown
  }
  export default ldapjs
}

declare module 'ldapts' {
  export class Control {
    readonly type: string
    constructor(type: string, options?: { readonly critical?: boolean })
  }
  export class Attribute {
    constructor(attribute: { readonly type: string; readonly values: readonly string[] })
  }
  export class Change {
    constructor(change: {
      readonly operation: 'add' | 'replace' | 'delete'
      readonly modification: Attribute
    })
  }
  export class Client {
    constructor(options: { readonly url: string })
    bind(dn: string, secret: string): Promise<void>
    add(dn: string, entry: Readonly<Record<string, string | readonly string[]>>): Promise<void>
    modify(dn: string, change: Change): Promise<void>
    del(dn: string): Promise<void>
    search(
      base: string,
      options: { readonly scope: 'base' | 'one' | 'sub'; readonly filter: string },
    ): Promise<{ readonly searchEntries: readonly Readonly<Record<string, unknown>>[] }>
    unbind(): Promise<void>
  }
}
