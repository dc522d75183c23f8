import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { DateInput, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { windowOf } from "../../../shared/windows";
import { Told, When } from "../../../shared/parts/texts";
import { AuditorReadingsDocument } from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { Filters, Listing } from "../../listing";
import type { RoleName } from "../../session";
import { useWords } from "../../words";
import { useAuditorWords } from "../words";

const SIZE = 30;

export async function loader({ request }: LoaderFunctionArgs) {
  const asked = new URL(request.url).searchParams;
  const given = (name: string) => asked.get(name)?.trim() || null;
  const filter = { subject: given("subject"), enterpriseCode: given("enterprise")?.toUpperCase() ?? null, since: given("since"), until: given("until") };
  const { gradeReadings } = await ask(AuditorReadingsDocument, { ...windowOf(request, SIZE), filter }, { signal: request.signal });
  return { readings: gradeReadings, filter };
}

export function Component() {
  const words = useAuditorWords();
  const told = words.readings;
  const { roles } = useWords();
  const { readings, filter } = useLoaderData<typeof loader>();
  return (
    <Page
      title={told.title}
      lead={told.lead}
      actions={
        <button type="button" className="button" onClick={() => print()}>
          {words.print}
        </button>
      }
    >
      <Filters asked={filter} search={words.filter}>
        <TextInput label={told.subject} name="subject" defaultValue={filter.subject ?? ""} />
        <TextInput label={told.enterprise} name="enterprise" defaultValue={filter.enterpriseCode ?? ""} />
        <DateInput label={told.since} name="since" defaultValue={filter.since ?? ""} />
        <DateInput label={told.until} name="until" defaultValue={filter.until ?? ""} />
      </Filters>
      <Listing
        page={readings}
        caption={told.caption}
        keyOf={({ id }) => id}
        empty={told.empty}
        columns={[
          { name: told.time, heads: true, cell: ({ time }) => <When at={time} /> },
          { name: told.subject, cell: ({ subject }) => <Told text={subject} /> },
          { name: told.role, cell: ({ role }) => roles[role.toLowerCase() as RoleName] },
          { name: told.enterprise, cell: ({ enterpriseCode }) => (enterpriseCode ? <code>{enterpriseCode}</code> : told.many) },
          { name: told.what, cell: ({ what }) => told.kinds[what] ?? told.run },
          { name: told.purpose, cell: ({ purpose }) => <Told text={told.purposeOf(purpose)} /> },
        ]}
      />
    </Page>
  );
}
