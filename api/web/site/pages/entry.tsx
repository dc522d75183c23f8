import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Digest, Facts, shown, When } from "../../shared/parts/texts";
import { OneEntryDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { to } from "../paths";
import { useWords } from "../words";
import { Subject } from "./ledger";

export async function loader({ params, request }: LoaderFunctionArgs) {
  const seq = params["seq"]!;
  if (!/^\d{1,18}$/.test(seq)) throw new Response(null, { status: 404 });
  const { entry, inclusionProof } = (await ask(OneEntryDocument, { seq }, { signal: request.signal })).ledger;
  return { entry: entry!, proof: inclusionProof };
}

export function Component() {
  const words = useWords();
  const { entry, proof } = useLoaderData<typeof loader>();
  const [before, after] = [BigInt(entry.seq) - 1n, BigInt(entry.seq) + 1n];
  return (
    <Page
      title={words.kinds[entry.kind as keyof typeof words.kinds] ?? entry.kind}
      lead={words.ledger.entry(entry.seq)}
      crumbs={[[words.ledger.title, to("ledger")]]}
      actions={
        <>
          <a className="button primary" href={`/log/proof/${entry.seq}`} download={`${entry.seq}.tlog-proof`}>
            {words.ledger.proof}
          </a>
          {before >= 0n && (
            <Link className="button" rel="prev" to={to("entry", { seq: String(before) })}>
              ← {String(before)}
            </Link>
          )}
          {proof && after < BigInt(proof.size) && (
            <Link className="button" rel="next" to={to("entry", { seq: String(after) })}>
              {String(after)} →
            </Link>
          )}
        </>
      }
    >
      <section className="section">
        <Facts
          facts={[
            [words.ledger.seq, entry.seq],
            [words.ledger.time, <When at={entry.time} />],
            [words.ledger.kind, <code>{entry.kind}</code>],
            [words.ledger.about, <Subject subject={entry.subject} />],
            [words.ledger.leaf, <Digest value={entry.leafHash} />],
          ]}
        />
        <h2>{words.ledger.raw}</h2>
        <pre tabIndex={0}>{shown(entry.text)}</pre>
      </section>
      {proof && (
        <section className="section">
          <h2>{words.ledger.inclusion}</h2>
          <p>{words.ledger.inclusionLead}</p>
          <Facts
            facts={[
              [words.ledger.tree, proof.size],
              [words.ledger.root, <Digest value={proof.root} />],
              [words.ledger.path, <pre tabIndex={0}>{proof.hashes.join("\n") || "—"}</pre>],
            ]}
          />
        </section>
      )}
    </Page>
  );
}
