// Why this file exists: hosts, libvirt and the appliance believe each other because one key, which lies in one file
// of the data directory and goes nowhere else, says so.
import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Ip4 } from '#directory'
import { readAuthorityFiles, writeAuthorityFile } from './authority-files.ts'
import { Secret } from './secret.ts'
import { type Certificate, describe, makeCertificate, subjectBytes } from './x509/certificate.ts'
import { authorityExtensions, leafExtensions, type Usage } from './x509/extensions.ts'
import { encodeSubject, type Subject } from './x509/subject.ts'

export interface IssueRequest {
  readonly publicKey: KeyObject
  readonly subject: Subject
  readonly dns: readonly string[]
  readonly ip: readonly Ip4[]
  readonly usages: readonly Usage[]
  readonly days: number
  /** Wall time in milliseconds. */
  readonly now: number
}

export interface Authority {
  /** What hosts fetch by HTTP, and compare with the fingerprint of their kernel command line. */
  readonly certificate: Certificate
  issue(request: IssueRequest): Certificate
}

export interface AuthorityOptions {
  /** Its folder; made when it is not there. */
  readonly dir: string
  /** Names the authority, for instance the site; a person sees it in a browser. */
  readonly name: string
  readonly now: number
  /** Shorter only in tests, which make many. */
  readonly modulusBits?: number
}

const dayMs = 86_400_000
const authorityDays = 3650
const modulusBitsDefault = 3072
/** Lives as long as the process. */
const ownModulusBits = 2048
/** Clocks of new machines are wrong by hours; what we sign is good since yesterday. */
const backdatedMs = dayMs

const generate = promisify(generateKeyPair)

/** The authority of this data directory, made when there is none yet. */
export async function openAuthority(options: AuthorityOptions): Promise<Authority> {
  const files = readAuthorityFiles(options.dir)
  switch (files.kind) {
    case 'both':
      return authorityOf(files.key, describe(files.certificate))
    case 'key-only':
      return startAuthority(files.key, options)
    case 'none':
      return startAuthority(await newKey(options), options)
  }
}

/** The key is on the disk before anything is signed with it. */
async function newKey({ dir, modulusBits }: AuthorityOptions): Promise<KeyObject> {
  const { privateKey } = await generate('rsa', { modulusLength: modulusBits ?? modulusBitsDefault })
  writeAuthorityFile(dir, 'key', privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return privateKey
}

function startAuthority(key: KeyObject, { dir, name, now }: AuthorityOptions): Authority {
  const publicKey = createPublicKey(key)
  const subject = encodeSubject({ commonName: name })
  const certificate = makeCertificate(
    {
      subject,
      issuer: subject,
      publicKey,
      extensions: authorityExtensions(publicKey),
      notBefore: wholeSecond(now - backdatedMs),
      notAfter: wholeSecond(now + authorityDays * dayMs),
    },
    key,
  )
  writeAuthorityFile(dir, 'certificate', certificate.pem)
  return authorityOf(key, certificate)
}

function authorityOf(key: KeyObject, certificate: Certificate): Authority {
  const issuer = subjectBytes(certificate.der)
  const issuerKey = createPublicKey(key)
  const issue = (request: IssueRequest): Certificate => {
    const { publicKey, now, days, usages } = request
    // Nothing that we sign outlives us.
    const notAfter = Math.min(now + days * dayMs, certificate.notAfter.getTime())
    return makeCertificate(
      {
        subject: encodeSubject(request.subject),
        issuer,
        publicKey,
        extensions: leafExtensions({ subject: publicKey, issuer: issuerKey }, usages, request),
        notBefore: wholeSecond(now - backdatedMs),
        notAfter: wholeSecond(notAfter),
      },
      key,
    )
  }
  return { certificate, issue }
}

export interface OwnCertificate {
  readonly key: Secret
  readonly certificate: Certificate
}

/** libvirt wants RSA; an elliptic curve costs nothing to make, and suits whoever has its key in a file of the moment. */
export type OwnKeyKind = 'rsa' | 'ec'

/** A fresh key and a certificate for a service of our own; both live in memory only. */
export async function issueOwn(
  authority: Authority,
  request: Omit<IssueRequest, 'publicKey'>,
  kind: OwnKeyKind = 'rsa',
): Promise<OwnCertificate> {
  const { privateKey, publicKey } =
    kind === 'rsa'
      ? await generate('rsa', { modulusLength: ownModulusBits })
      : await generate('ec', { namedCurve: 'P-256' })
  const certificate = authority.issue({ ...request, publicKey })
  return {
    key: new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    certificate,
  }
}

/** X.509 has no fractions of a second. */
function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000)
}
