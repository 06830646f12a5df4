// Why this file exists: what stands after GET is text from anyone; a path and a query come out of it, or nothing. Pure.
export interface Target {
  /** Decoded, with its leading slash. A key to look up, never a path on disk. */
  readonly path: string
  readonly query: URLSearchParams
}

/** RFC 9112 §3.2: origin form, or absolute form whose authority is of no interest to us. */
export function parseTarget(text: string): Target | undefined {
  const origin = text.replace(/^http:\/\/[^/?#]*/i, '')
  const [path = '', ...rest] = origin.split('?')
  const decoded = decode(path)
  if (decoded === undefined || !decoded.startsWith('/')) return undefined
  return { path: decoded, query: new URLSearchParams(rest.join('?')) }
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined // a lone %, or bytes that are no UTF-8
  }
}
