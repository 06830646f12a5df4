// Why this file exists: whose a domain is stands in the domain itself, so that libvirt can tell what is done already
// when nothing else remembers. Other programs may put their own metadata beside ours.
import { type Label, parseLabel } from '#directory'
import { elementAt, xml, type XmlElement, type XmlText } from '#libvirt'
import { formatImageId, type ImageId, parseImageId } from '../image/image-name.ts'

/** Below the arc of our schema, so it is nobody else's. */
export const markNamespace = 'urn:oid:2.25.143962619959013216725742154848760998570.3.1'
const elementName = 'vcn'

export interface VcnMark {
  readonly vo: Label
  readonly cluster: Label
  readonly vcn: Label
  readonly role: Label
  readonly image: ImageId
  /** Of the image's bytes, `sha256:` and 64 hexadecimal digits. */
  readonly imageDigest: string
  readonly reservation: string
}

/** What stands in `<metadata>`. */
export function markXml(mark: VcnMark): XmlText {
  return xml`<coppice:vcn xmlns:coppice="${markNamespace}" vo="${mark.vo}" cluster="${mark.cluster}" name="${mark.vcn}" role="${mark.role}" image="${formatImageId(mark.image)}" digest="${mark.imageDigest}" reservation="${mark.reservation}"/>`
}

/** `undefined`: no domain of ours, or its mark was damaged, which makes it nobody's. */
export function readMark(domain: XmlElement): VcnMark | undefined {
  const metadata = elementAt(domain, 'metadata')
  const ours = metadata?.children.find((child) => isOurs(child, [child, metadata, domain]))
  const get = (name: string): string => ours?.attributes.get(name) ?? ''
  const [vo, cluster, vcn, role] = ['vo', 'cluster', 'name', 'role'].map((key) =>
    parseLabel(get(key)),
  )
  const image = parseImageId(get('image'))
  if (!vo || !cluster || !vcn || !role || !image) return undefined
  return {
    vo,
    cluster,
    vcn,
    role,
    image,
    imageDigest: get('digest'),
    reservation: get('reservation'),
  }
}

/** A prefix means what the nearest element around says; libvirt may have written another one than we did. */
function isOurs(element: XmlElement, around: readonly XmlElement[]): boolean {
  const [local = '', prefix] = element.name.split(':').toReversed()
  const declaration = prefix === undefined ? 'xmlns' : `xmlns:${prefix}`
  const namespace = around
    .map(({ attributes }) => attributes.get(declaration))
    .find((one) => one !== undefined)
  return local === elementName && namespace === markNamespace
}
