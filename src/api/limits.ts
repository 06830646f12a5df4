// Why this file exists: how long and how much the API bears from a client, in one place; tests bring shorter ones.
export interface ApiLimits {
  /** Until the whole request is there; uploads are excused, and what a client takes to read an answer is its own affair. */
  readonly requestMsMax: number
  readonly headersMsMax: number
  /** How often these two are looked at. */
  readonly deadlineCheckMs: number
  /** What an upload that was answered already may still send, so that the answer is read before the connection goes. */
  readonly answeredBytesMax: number
  readonly answeredMsMax: number
  readonly consolesMax: number
  /** A console whose client sends no more may be one whose client is gone. */
  readonly leftConsoleSilenceMsMax: number
  /** Between two lines that tell how far an order is; one that is done before is answered as any other request. */
  readonly orderProgressMs: number
  /** For the client to read to the end of a console. */
  readonly lastWordsMsMax: number
}

export const apiLimits: ApiLimits = {
  requestMsMax: 30_000,
  headersMsMax: 10_000,
  deadlineCheckMs: 5000,
  answeredBytesMax: 16 * 1024 * 1024,
  answeredMsMax: 5000,
  consolesMax: 64,
  leftConsoleSilenceMsMax: 60_000,
  orderProgressMs: 500,
  lastWordsMsMax: 5000,
}
