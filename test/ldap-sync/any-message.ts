// Why this file exists: any LDAP message at all, for the properties of the codec.
import fc from 'fast-check'
import type { Filter } from '../../src/ldap-sync/message/filter.ts'
import type { LdapMessage, Operation, Result } from '../../src/ldap-sync/message/message.ts'

const bytes = fc.uint8Array({ maxLength: 20 })
const text = fc.string({ maxLength: 20 })
const plain = { noNullPrototype: true } as const

const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('present' as const), attribute: text }, plain),
    fc.record(
      {
        kind: fc.constantFrom('equal', 'atLeast', 'atMost', 'approx'),
        attribute: text,
        value: bytes,
      },
      plain,
    ),
    fc.record(
      {
        kind: fc.constant('substring' as const),
        attribute: text,
        initial: bytes,
        middle: fc.array(bytes, { maxLength: 3 }),
        final: bytes,
      },
      { ...plain, requiredKeys: ['kind', 'attribute', 'middle'] },
    ),
    fc.record(
      {
        kind: fc.constant('extensible' as const),
        rule: text,
        attribute: text,
        value: bytes,
        dnAttributes: fc.boolean(),
      },
      { ...plain, requiredKeys: ['kind', 'value', 'dnAttributes'] },
    ),
    fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }, plain),
    fc.record(
      {
        kind: fc.constantFrom('and' as const, 'or' as const),
        filters: fc.array(tie('filter'), { maxLength: 3 }),
      },
      plain,
    ),
  ),
})).filter

const result: fc.Arbitrary<Result> = fc.record(
  {
    code: fc.nat(65_535),
    matchedDn: text,
    message: text,
    referrals: fc.array(text, { maxLength: 2 }),
  },
  plain,
)

const attributes = fc.array(
  fc.record({ name: text, values: fc.array(bytes, { maxLength: 3 }) }, plain),
  { maxLength: 3 },
)

function of<K extends string>(...kinds: readonly [K, ...K[]]): fc.Arbitrary<K> {
  return fc.constantFrom(...kinds)
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record(
    {
      kind: of('bindRequest'),
      version: fc.nat(127),
      dn: text,
      authentication: fc.record({ kind: of('simple'), password: bytes }, plain),
    },
    plain,
  ),
  fc.record({ kind: of('unbindRequest') }, plain),
  fc.record(
    {
      kind: of('searchRequest'),
      search: fc.record(
        {
          base: text,
          scope: of('base', 'one', 'sub'),
          deref: fc.nat(3),
          sizeLimit: fc.nat(),
          timeLimitSeconds: fc.nat(),
          typesOnly: fc.boolean(),
          filter,
          attributes: fc.array(text, { maxLength: 3 }),
        },
        plain,
      ),
    },
    plain,
  ),
  fc.record({ kind: of('searchEntry', 'addRequest'), dn: text, attributes }, plain),
  fc.record({ kind: of('searchReference'), urls: fc.array(text, { maxLength: 3 }) }, plain),
  fc.record(
    {
      kind: of(
        'bindResponse',
        'searchDone',
        'modifyResponse',
        'addResponse',
        'deleteResponse',
        'renameResponse',
        'compareResponse',
      ),
      result,
    },
    plain,
  ),
  fc.record(
    {
      kind: of('modifyRequest'),
      dn: text,
      changes: fc.array(
        fc.record(
          {
            kind: of('add', 'delete', 'replace', 'increment'),
            attribute: fc.record({ name: text, values: fc.array(bytes, { maxLength: 3 }) }, plain),
          },
          plain,
        ),
        { maxLength: 3 },
      ),
    },
    plain,
  ),
  fc.record({ kind: of('deleteRequest'), dn: text }, plain),
  fc.record(
    {
      kind: of('renameRequest'),
      dn: text,
      newRdn: text,
      deleteOldRdn: fc.boolean(),
      newParent: text,
    },
    { ...plain, requiredKeys: ['kind', 'dn', 'newRdn', 'deleteOldRdn'] },
  ),
  fc.record({ kind: of('abandonRequest'), abandons: fc.nat(0x7fff_ffff) }, plain),
  fc.record(
    { kind: of('extendedRequest'), name: text, value: bytes },
    { ...plain, requiredKeys: ['kind', 'name'] },
  ),
  fc.record(
    { kind: of('extendedResponse'), result, name: text, value: bytes },
    { ...plain, requiredKeys: ['kind', 'result'] },
  ),
  fc.record(
    { kind: of('intermediate'), name: text, value: bytes },
    { ...plain, requiredKeys: ['kind'] },
  ),
)

export const anyMessage: fc.Arbitrary<LdapMessage> = fc.record(
  {
    id: fc.nat(0x7fff_ffff),
    operation,
    controls: fc.array(
      fc.record(
        { oid: text, critical: fc.boolean(), value: bytes },
        { ...plain, requiredKeys: ['oid', 'critical'] },
      ),
      { maxLength: 2 },
    ),
  },
  plain,
)
