import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Badge, Facts, Lines, Told } from "../../shared/parts/texts";
import { listed } from "../../shared/marks";
import { OneItemDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { to } from "../paths";
import { useWords } from "../words";

export async function loader({ params, request }: LoaderFunctionArgs) {
  const { item } = await ask(OneItemDocument, { code: params["code"]! }, { signal: request.signal });
  if (!item) throw new Response(null, { status: 404 });
  return item;
}

export function Component() {
  const words = useWords().items;
  const item = useLoaderData<typeof loader>();
  return (
    <Page
      title={item.name}
      lead={
        <p>
          <span className="code">{item.code}</span> {!item.isInUse && <Badge>{words.unused}</Badge>}
        </p>
      }
      crumbs={[[words.title, to("items")]]}
    >
      <section className="section">
        <Facts
          facts={[
            [words.basis, <Lines text={item.legalBasis} />],
            [words.body, <Told text={item.body} />],
            [words.sectors, <Told text={listed(item.sectors)} />],
            [words.tags, item.tags.length ? <Told text={listed(item.tags)} /> : null],
            [words.content, <Lines text={item.content} />],
            [words.method, <Told text={item.method} />],
            [words.share, item.share && <Told text={item.share} />],
            [words.frequency, item.frequency && <Told text={item.frequency} />],
            [words.points, item.checkPoints.length ? <Lines text={item.checkPoints.join("\n")} /> : null],
            [words.requirement, item.requirement && <Told text={item.requirement} />],
          ]}
        />
      </section>
    </Page>
  );
}
