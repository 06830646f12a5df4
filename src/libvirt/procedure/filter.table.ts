// Why this table exists: the procedures about network filters, which keep a guest from lying about its addresses.
import { readListed } from './connect.table.ts'
import { type NamedRef, readNamed, readText, writeNamed } from './objects.ts'
import { procedure, readNothing } from './procedure.ts'

export const filterProcedures = {
  nwfilterLookupByName: procedure(
    'nwfilterLookupByName',
    175,
    (writer, asked: { readonly name: string }) => writer.string(asked.name),
    readNamed,
  ),
  nwfilterGetXmlDesc: procedure(
    'nwfilterGetXmlDesc',
    177,
    (writer, asked: { readonly filter: NamedRef }) => {
      writeNamed(writer, asked.filter)
      writer.uint(0)
    },
    readText,
  ),
  nwfilterDefineXml: procedure(
    'nwfilterDefineXml',
    180,
    (writer, asked: { readonly xml: string }) => writer.string(asked.xml),
    readNamed,
  ),
  nwfilterUndefine: procedure(
    'nwfilterUndefine',
    181,
    (writer, asked: { readonly filter: NamedRef }) => writeNamed(writer, asked.filter),
    readNothing,
  ),
  connectListAllNwfilters: procedure(
    'connectListAllNwfilters',
    286,
    (writer, asked: { readonly flags?: number }) => writer.int(1).uint(asked.flags ?? 0),
    readListed(readNamed),
  ),
} as const
