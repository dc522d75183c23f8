import { useState } from "react";
import { Form, Link, type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice, TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Pager, Table } from "../../../shared/parts/tables";
import { windowOf } from "../../../shared/windows";
import { Told, When } from "../../../shared/parts/texts";
import {
  AdministratorAddClientDocument,
  AdministratorAddUserDocument,
  AdministratorInviteDocument,
  AdministratorPeopleDocument,
  type Role,
  type UserState,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { to } from "../../paths";
import { type RoleName, session } from "../../session";
import { useWords } from "../../words";
import { DepartmentChoice, openOnes, ownOnes } from "../../parts";
import { ActionForm, ShownOnce } from "../parts";
import { UserStateBadge } from "../users";
import { useAdministratorWords } from "../words";

const SIZE = 30;
const ROLES: Role[] = ["PLANNER", "INSPECTOR", "ANALYST", "AUDITOR", "ADMINISTRATOR"];

type Way = "invite" | "add" | "client";

export async function loader({ request }: LoaderFunctionArgs) {
  const state = (new URL(request.url).searchParams.get("state") || null) as UserState | null;
  const [data, who] = await Promise.all([ask(AdministratorPeopleDocument, { ...windowOf(request, SIZE), filter: { state } }, { signal: request.signal }), session()]);
  return { ...data, state, isAdministrator: who.signedIn && who.role === "administrator", own: who.signedIn ? who.department : null };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.people;
  const { roles } = useWords();
  const { users, departments, state, isAdministrator, own } = useLoaderData<typeof loader>();
  return (
    <Page title={told.title} lead={told.lead}>
      {isAdministrator && <Add departments={ownOnes(departments, own)} own={own} />}
      <section className="section">
        <Form className="filters screen-only" key={state}>
          <Choice label={words.state} name="state" defaultValue={state ?? ""} choices={[["", words.all], ...Object.entries(told.states)]} />
          <button className="button">{words.filter}</button>
        </Form>
        <Table
          caption={told.caption}
          rows={users?.nodes ?? []}
          keyOf={({ id }) => id}
          empty={told.empty}
          columns={[
            {
              name: told.subject,
              heads: true,
              cell: ({ subject }) => (
                <Link to={to("person", { subject })}>
                  <Told text={subject} />
                </Link>
              ),
            },
            { name: told.role, cell: ({ role }) => roles[role.toLowerCase() as RoleName] },
            { name: words.department, cell: ({ departmentCode }) => departments.find(({ code }) => code === departmentCode)?.name ?? departmentCode ?? words.everyDepartment },
            { name: words.state, cell: ({ state }) => <UserStateBadge state={state} /> },
            { name: told.way, cell: ({ way, hasSecondFactor }) => `${told.ways[way]}${hasSecondFactor ? ` + ${told.secondFactor}` : ""}` },
            { name: told.changed, cell: ({ changedAt }) => <When at={changedAt} /> },
          ]}
        />
        {users && <Pager info={users.pageInfo} total={users.totalCount} />}
      </section>
    </Page>
  );
}

function Add({ departments, own }: { departments: readonly { code: string; name: string; isInUse: boolean }[]; own: string | null }) {
  const words = useAdministratorWords();
  const told = words.people;
  const { roles } = useWords();
  const adding = useDoing();
  const [way, setWay] = useState<Way>("invite");
  const [made, setMade] = useState<{ subject: string; secret: string | null; way: Way } | null>(null);

  async function add(given: Record<string, string>, form: HTMLFormElement): Promise<void> {
    setMade(null);
    const [subject, role, department] = [(given["subject"] ?? given["name"] ?? "").trim(), given["role"] as Role, given["department"] || null];
    const done =
      way === "client"
        ? await adding.run(AdministratorAddClientDocument, { name: subject, department: department ?? "" })
        : way === "invite"
          ? await adding.run(AdministratorInviteDocument, { subject, role, department })
          : await adding.run(AdministratorAddUserDocument, { subject, role, department });
    if (!done?.user) return;
    setMade({ subject: done.user.subject, secret: done.secret ?? null, way });
    form.reset();
  }

  return (
    <section className="section screen-only">
      <h2>{told.add}</h2>
      {made && (
        <>
          {made.secret === null ? (
            <p role="status">{told.added(made.subject)}</p>
          ) : (
            <ShownOnce
              title={made.way === "client" ? told.clientMade(made.subject) : told.invited(made.subject)}
              text={made.way === "client" ? told.secretText : told.invitationText}
              value={made.secret}
            />
          )}
        </>
      )}
      <ActionForm doing={adding} submit={told.adds[way]} onSubmit={(given, form) => void add(given, form)}>
        <Choice label={told.how} name="way" value={way} onChange={(each) => setWay(each as Way)} choices={(["invite", "add", "client"] as const).map((each) => [each, told.hows[each]] as const)} />
        <TextInput label={told.subject} name={way === "client" ? "name" : "subject"} key={way} help={told.subjectHelps[way]} autoComplete="off" isRequired />
        {way !== "client" && <Choice label={told.role} name="role" choices={ROLES.map((each) => [each, roles[each.toLowerCase() as RoleName]] as const)} defaultValue="INSPECTOR" />}
        <DepartmentChoice label={words.department} departments={openOnes(departments)} {...(way !== "client" && own === null && { none: words.everyDepartment })} />
      </ActionForm>
    </section>
  );
}
