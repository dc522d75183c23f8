// What several of the auditor's pages show.
import { Badge } from "../../shared/parts/texts";
import { listed } from "../../shared/marks";
import type { StaffCampaignState } from "../../generated/desk/graphql";
import { useAuditorWords } from "./words";

/** Where the proof that an entry is in the log can be fetched, as a file for any client of transparency logs. */
export function ProofLink({ seq, short = false }: { seq: string; short?: boolean }) {
  const words = useAuditorWords();
  return (
    <a href={`/log/proof/${seq}`} download={`${seq}.tlog-proof`} aria-label={words.proof(seq)}>
      {short ? words.proofShort : words.proof(seq)}
    </a>
  );
}

interface Published {
  drawnEntry?: unknown;
  attestations: readonly { auditor: string; verified: boolean; stands: boolean }[];
}

/** Who attested a draw, or that nobody did yet. */
export function Verification({ state, published }: { state: StaffCampaignState; published?: Published | null }) {
  const words = useAuditorWords().draws;
  const standing = (published?.attestations ?? []).filter(({ stands }) => stands);
  const by = (verified: boolean) => listed([...new Set(standing.filter((each) => each.verified === verified).map(({ auditor }) => auditor))]);
  const [good, bad] = [by(true), by(false)];
  if (bad || good) {
    return (
      <>
        {bad && <Badge tone="bad">{words.refused(bad)}</Badge>} {good && <Badge tone="good">{words.attested(good)}</Badge>}
      </>
    );
  }
  if (published?.drawnEntry) return <Badge tone="warning">{words.notYet}</Badge>;
  return <Badge>{state === "LISTED" ? words.noDraw : words.notDrawn}</Badge>;
}
