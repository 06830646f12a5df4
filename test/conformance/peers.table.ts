// Why this table exists: where a peer that claims an RFC fails a case, the reason stands here; a case that fails without
// one, or passes in spite of one, fails the run. So a case that only our own code can pass is noticed.
export const peers: Readonly<Record<string, Readonly<Record<string, string>>>> = {}
