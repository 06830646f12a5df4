// Why this file exists: what a value of a file becomes, and the words for what it should have been, belong together.

/** What a scalar becomes, and how to say what it should have been. */
export interface Kind<T> {
  readonly parse: (value: unknown) => T | undefined
  readonly expected: string
}

export function textKind<T>(parse: (text: string) => T | undefined, expected: string): Kind<T> {
  return {
    parse: (value) => (typeof value === 'string' ? parse(value) : undefined),
    expected,
  }
}

export function wholeNumber(first: number, last: number): Kind<number> {
  return {
    parse: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= first && value <= last
        ? value
        : undefined,
    expected: `a whole number from ${first} to ${last}`,
  }
}

export function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  return {
    parse: (value) => words.find((word) => word === value),
    expected: `one of ${words.join(', ')}`,
  }
}

export const trueOrFalse: Kind<boolean> = {
  parse: (value) => (typeof value === 'boolean' ? value : undefined),
  expected: 'true or false',
}
