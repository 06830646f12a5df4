// Why this file exists: what the API checks and what core answers are two descriptions of one shape; a difference
// between them must fail to compile, not to be found by a user.
import type { z } from 'zod'

/** Every key demanded, nothing writable: so that a forgotten optional key shows. */
type Whole<T> = T extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Whole<T[Key]> }
    : T

type Same<A, B> = [Whole<A>] extends [Whole<B>]
  ? [Whole<B>] extends [Whole<A>]
    ? A extends B
      ? true
      : false
    : false
  : false

/** `exactly<View>()(schema)` is the schema as the view's own, if it describes exactly the view. */
export function exactly<T>(): <S extends z.ZodType<T>>(
  schema: Same<z.output<S>, T> extends true ? S : never,
) => z.ZodType<T> {
  return (schema) => schema
}
