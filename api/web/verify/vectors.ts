/** The parts that the vectors in docs/ are about. */
export { canonical, parseText } from "./ledger/canonical.ts";
export { leafHash, rootOf, rootOver } from "./ledger/tree.ts";
export { documentCommitment, rowDigest } from "./ledger/bundle.ts";
export { H } from "./ledger/sha256.ts";
export { openCheckpoint, parseVkey } from "./ledger/note.ts";
export { sealedSlot, slotOf } from "./draw/slots.ts";
export { told as toldPositions } from "./draw/position_lists.ts";
export { drawFrom, positionsRoot, seedOf, ticketOf } from "./draw/tickets.ts";
export { cellOf, designOf, expecting, labelOf } from "./draw/design.ts";
export { designStrata, limitsOf } from "./draw/strata.ts";
export { parseBeacon } from "./draw/beacon.ts";
export { ceremonyOutput, localOutput, outputOf, partyCommitment, roundOutput, sourcesOutput } from "./draw/outputs.ts";
export { chainOf, isSigned, QUICKNET, roundMessage } from "./draw/drand.ts";
export { checkFell, checkPublished } from "./draw/numbers.ts";
export { matched, matchSeedOf } from "./matching/matching.ts";
export { poolOf } from "./matching/pool.ts";
export { parseModel } from "./grades/model.ts";
