import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { useReadingAnew } from "../../../shared/reading_anew";
import { Page } from "../../../shared/parts/page";
import { Facts, Told, When } from "../../../shared/parts/texts";
import "../../../shared/verifying/verifying.css";
import { AdministratorJobDocument } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { JobProgress, useJob } from "../../jobs";
import { to } from "../../paths";
import { session } from "../../session";
import { JobResult } from "../results";
import { useAdministratorWords } from "../words";

export async function loader({ params, request }: LoaderFunctionArgs) {
  const { job } = await ask(AdministratorJobDocument, { id: params["id"]! }, { signal: request.signal });
  const user = await session();
  if (!job) throw new Response(null, { status: 404 });
  const isOfAnother = user.signedIn && user.role === "administrator" && job.askedBy !== user.subject;
  return { begun: job, mayFetch: !isOfAnother };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.jobs;
  const { begun, mayFetch } = useLoaderData<typeof loader>();
  const again = useReadingAnew();
  // The loader's answer has what following does not ask for each second: the result.
  const standing = useJob(begun, again) ?? begun;
  const took = begun.startedAt && begun.finishedAt ? (Date.parse(begun.finishedAt) - Date.parse(begun.startedAt)) / 1000 : null;
  return (
    <Page title={words.jobKinds[begun.kind]} crumbs={[[told.title, to("jobs")]]}>
      {begun.result && (
        <section className="section">
          <h2>{told.result}</h2>
          <JobResult result={begun.result} />
        </section>
      )}
      <section className="section">
        <h2>{told.standing}</h2>
        <JobProgress job={standing} mayFetch={mayFetch} />
      </section>
      <section className="section">
        <h2>{told.facts}</h2>
        <Facts
          facts={[
            [told.askedBy, <Told text={begun.askedBy} />],
            [told.created, <When at={begun.createdAt} />],
            [told.started, begun.startedAt && <When at={begun.startedAt} />],
            [told.finished, begun.finishedAt && <When at={begun.finishedAt} />],
            [told.took, took !== null ? told.seconds(took) : null],
          ]}
        />
      </section>
    </Page>
  );
}
