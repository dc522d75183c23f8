import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Page } from "../../shared/parts/page";
import { Pager, Table } from "../../shared/parts/tables";
import { windowOf } from "../../shared/windows";
import { Told } from "../../shared/parts/texts";
import { listed } from "../../shared/marks";
import { ProgrammesDocument } from "../../generated/site/graphql";
import { ask } from "../ask";
import { to } from "../paths";
import { useWords } from "../words";

export const loader = ({ request }: LoaderFunctionArgs) => ask(ProgrammesDocument, windowOf(request, 10), { signal: request.signal });

export function Component() {
  const words = useWords();
  const { programmes, bureau } = useLoaderData<typeof loader>();
  const nameOf = (code: string) => bureau.departments.find((each) => each.code === code)?.name ?? code;
  return (
    <Page title={words.plans.title} actions={<Link className="button" to={to("items")}>{words.plans.items}</Link>}>
      {!programmes?.nodes.length && <p className="section empty">{words.plans.empty}</p>}
      {programmes?.nodes.map((programme) => (
        <section className="section" key={`${programme.departmentCode} ${programme.year}`}>
          <h2>
            <Told text={words.plans.caption(nameOf(programme.departmentCode), programme.year)} />
          </h2>
          <Table
            caption={
              <>
                {words.plans.version(programme.version)} · <Link to={to("entry", { seq: programme.entry.seq })}>{words.plans.entry}</Link>
              </>
            }
            rows={programme.lines}
            keyOf={(line) => line.code}
            columns={[
              { name: words.plans.line, heads: true, cell: (line) => <Told text={line.title} /> },
              { name: words.campaigns.type, cell: (line) => words.types[line.type] },
              { name: words.plans.months, cell: (line) => `${line.firstMonth}–${line.lastMonth}` },
              { name: words.departments, cell: (line) => <Told text={listed(line.departments.map(({ name }) => name))} /> },
              { name: words.matters, cell: (line) => <Told text={listed(line.items.map(({ name }) => name))} /> },
              { name: words.plans.visits, numeric: true, cell: (line) => line.enterprises },
            ]}
          />
        </section>
      ))}
      {programmes && <Pager info={programmes.pageInfo} />}
    </Page>
  );
}
