import { useState } from "react";
import { type LoaderFunctionArgs, useLoaderData } from "react-router";

import { Choice } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { Table } from "../../../shared/parts/tables";
import { Facts, Notice, Told, When } from "../../../shared/parts/texts";
import {
  AdministratorChangeUserDocument,
  AdministratorDisableDocument,
  AdministratorEnableDocument,
  AdministratorInviteAgainDocument,
  AdministratorPersonDocument,
  AdministratorResetFactorDocument,
  AdministratorRotateSecretDocument,
  type AdministratorUserFragment,
  type Role,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { Action, Refusal } from "../../parts";
import { to } from "../../paths";
import { type RoleName, session } from "../../session";
import { useWords } from "../../words";
import { DepartmentChoice, openOnes, ownOnes } from "../../parts";
import { ActionForm, ShownOnce } from "../parts";
import { UserStateBadge } from "../users";
import { useAdministratorWords } from "../words";

const ROLES: Role[] = ["PLANNER", "INSPECTOR", "ANALYST", "AUDITOR", "ADMINISTRATOR"];

type Departments = readonly { code: string; name: string; isInUse: boolean }[];

export async function loader({ params, request }: LoaderFunctionArgs) {
  const [{ user, userChanges, departments }, who] = await Promise.all([ask(AdministratorPersonDocument, { subject: params["subject"]! }, { signal: request.signal }), session()]);
  if (!user) throw new Response(null, { status: 404 });
  return { user, changes: userChanges ?? [], departments, isAdministrator: who.signedIn && who.role === "administrator", own: who.signedIn ? who.department : null };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.people;
  const { roles } = useWords();
  const { user, changes, departments, isAdministrator, own } = useLoaderData<typeof loader>();
  const named = (code: string | null | undefined) => departments.find((each) => each.code === code)?.name ?? code ?? words.everyDepartment;
  const role = (each: Role) => roles[each.toLowerCase() as RoleName];
  return (
    <Page title={user.subject} lead={<UserStateBadge state={user.state} />} crumbs={[[told.title, to("people")]]}>
      <section className="section">
        <Facts
          facts={[
            [told.role, role(user.role)],
            [words.department, named(user.departmentCode)],
            [told.way, told.ways[user.way]],
            [told.secondFactor, user.way === "PASSWORD" ? (user.hasSecondFactor ? told.set : told.notSet) : null],
            [told.invitedUntil, user.invitedUntil && <When at={user.invitedUntil} />],
          ]}
        />
      </section>
      {isAdministrator && (
        <>
          {user.way !== "CLIENT" && <Change key={user.version} user={user} departments={ownOnes(departments, own)} own={own} />}
          <Steps user={user} />
        </>
      )}
      <section className="section">
        <h2>{told.history}</h2>
        <Table
          caption={told.historyCaption}
          rows={changes}
          keyOf={({ version }) => version}
          columns={[
            { name: told.step, heads: true, cell: ({ step }) => told.steps[step] },
            { name: told.at, cell: ({ at }) => <When at={at} /> },
            { name: told.by, cell: ({ by }) => <Told text={by} /> },
            { name: told.role, cell: (each) => role(each.role) },
            { name: words.department, cell: ({ departmentCode }) => named(departmentCode) },
            { name: words.state, cell: ({ state }) => told.states[state] },
          ]}
        />
      </section>
    </Page>
  );
}

/** Change role and department: refused where another administrator changed them since this page was read. */
function Change({ user, departments, own }: { user: AdministratorUserFragment; departments: Departments; own: string | null }) {
  const words = useAdministratorWords();
  const told = words.people;
  const { roles } = useWords();
  const changing = useDoing();
  return (
    <section className="section">
      <h2>{told.change}</h2>
      <ActionForm
        doing={changing}
        submit={told.change}
        onSubmit={(given) =>
          void changing.run(AdministratorChangeUserDocument, { subject: user.subject, role: given["role"] as Role, department: given["department"] || null, ifVersion: user.version })
        }
      >
        <Choice label={told.role} name="role" defaultValue={user.role} choices={ROLES.map((each) => [each, roles[each.toLowerCase() as RoleName]] as const)} />
        <DepartmentChoice label={words.department} departments={openOnes(departments, user.departmentCode)} {...(own === null && { none: words.everyDepartment })} defaultValue={user.departmentCode} />
      </ActionForm>
    </section>
  );
}

function Steps({ user: { subject, state, way, hasSecondFactor } }: { user: AdministratorUserFragment }) {
  const told = useAdministratorWords().people;
  const doing = useDoing();
  const [secret, setSecret] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  const run = async (begin: () => Promise<{ secret?: string | null } | null>) => {
    setSecret(null);
    setDone(false);
    const made = await begin();
    setSecret(made?.secret ?? null);
    setDone(made !== null && !made.secret);
  };
  const isClient = way === "CLIENT";
  return (
    <section className="section">
      <h2>{told.access}</h2>
      {secret && <ShownOnce title={isClient ? told.clientMade(subject) : told.invited(subject)} text={isClient ? told.secretText : told.invitationText} value={secret} />}
      {done && <Notice live tone="good" title={told.done} />}
      <div className="actions">
        {way === "PASSWORD" && (
          <Action doing={doing} onPress={() => void run(() => doing.run(AdministratorInviteAgainDocument, { subject }))}>
            {told.inviteAgain}
          </Action>
        )}
        {hasSecondFactor && (
          <Action doing={doing} onPress={() => void run(() => doing.run(AdministratorResetFactorDocument, { subject }))}>
            {told.resetFactor}
          </Action>
        )}
        {isClient && (
          <Action doing={doing} onPress={() => void run(() => doing.run(AdministratorRotateSecretDocument, { subject }))}>
            {told.rotate}
          </Action>
        )}
        {state === "DISABLED" ? (
          <Action doing={doing} onPress={() => void run(() => doing.run(AdministratorEnableDocument, { subject }))}>
            {told.enable}
          </Action>
        ) : (
          <Action doing={doing} tone="danger" onPress={() => void run(() => doing.run(AdministratorDisableDocument, { subject }))}>
            {told.disable}
          </Action>
        )}
      </div>
      <Refusal refused={doing.refused} />
      <p className="help">{told.accessText}</p>
    </section>
  );
}
