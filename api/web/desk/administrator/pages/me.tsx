import { useState } from "react";
import { useLoaderData } from "react-router";

import { TextInput } from "../../../shared/parts/fields";
import { Page } from "../../../shared/parts/page";
import { QrCode } from "../../../shared/parts/qr_code";
import { Digest, Facts, Notice, Told } from "../../../shared/parts/texts";
import {
  AdministratorBeginFactorDocument,
  AdministratorChangePasswordDocument,
  AdministratorConfirmFactorDocument,
  AdministratorMailDocument,
  AdministratorMeDocument,
  type AdministratorMeQuery,
  AdministratorSignOutDocument,
} from "../../../generated/desk/graphql";
import { ask } from "../../ask";
import { useDoing } from "../../doing";
import { draftsOf, forgetAll } from "../../inspector/store";
import { Action, Refusal } from "../../parts";
import { to } from "../../paths";
import { type RoleName, session, signOut } from "../../session";
import { useWords } from "../../words";
import { ActionForm } from "../parts";
import "../administrator.css";
import { useAdministratorWords } from "../words";

export async function loader() {
  const [told, user] = await Promise.all([ask(AdministratorMeDocument, {}), session()]);
  return { ...told, departmentName: user.signedIn ? user.departmentName : null };
}

export function Component() {
  const words = useAdministratorWords();
  const told = words.me;
  const { roles } = useWords();
  const { me, mailAddress, departmentName } = useLoaderData<typeof loader>();
  return (
    <Page title={told.title}>
      <section className="section">
        <Facts
          facts={[
            [words.people.subject, <Told text={me.subject} />],
            [words.people.role, roles[me.role.toLowerCase() as RoleName]],
            [words.department, me.departmentCode === null ? words.everyDepartment : <Told text={departmentName ?? me.departmentCode!} />],
          ]}
        />
      </section>
      <Mail address={mailAddress ?? null} />
      <Password />
      <SecondFactor />
      <Everywhere user={me} />
    </Page>
  );
}

function Mail({ address }: { address: string | null }) {
  const words = useAdministratorWords();
  const told = words.me;
  const doing = useDoing();
  const [saved, setSaved] = useState(false);
  const save = async (given: Record<string, string>) => setSaved(Boolean(await doing.run(AdministratorMailDocument, { address: given["address"]?.trim() || null })));
  return (
    <section className="section">
      <h2>{told.mail}</h2>
      <p className="help">{told.mailText}</p>
      {saved && <Notice live tone="good" title={told.saved} />}
      <ActionForm doing={doing} submit={told.save} onSubmit={(given) => void save(given)}>
        <TextInput label={told.mailAddress} name="address" type="email" defaultValue={address ?? ""} autoComplete="email" help={told.mailHelp} />
      </ActionForm>
    </section>
  );
}

function Password() {
  const told = useAdministratorWords().me;
  const doing = useDoing({ revalidates: false });
  const [done, setDone] = useState(false);
  const change = async (given: Record<string, string>, form: HTMLFormElement) => {
    setDone(false);
    if (!(await doing.run(AdministratorChangePasswordDocument, { password: given["password"]!, newPassword: given["newPassword"]!, code: given["code"] ?? "" }))) return;
    setDone(true);
    form.reset();
  };
  return (
    <section className="section">
      <h2>{told.password}</h2>
      <p className="help">{told.passwordText}</p>
      {done && <Notice live tone="good" title={told.passwordDone} />}
      <ActionForm doing={doing} submit={told.passwordChange} onSubmit={(given, form) => void change(given, form)}>
        <TextInput label={told.present} name="password" type="password" autoComplete="current-password" isRequired />
        <TextInput label={told.chosen} name="newPassword" type="password" autoComplete="new-password" help={told.chosenHelp} isRequired />
        <TextInput label={told.code} name="code" autoComplete="one-time-code" help={told.codeHelp} />
      </ActionForm>
    </section>
  );
}

/** In two steps: the key goes into an authenticator, whose first code confirms it; then the recovery codes are shown, once. */
function SecondFactor() {
  const told = useAdministratorWords().me;
  const beginning = useDoing({ revalidates: false });
  const confirming = useDoing({ revalidates: false });
  const [key, setKey] = useState<{ secret: string; address: string } | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const begin = async (given: Record<string, string>) => {
    setCodes(null);
    const made = await beginning.run(AdministratorBeginFactorDocument, { password: given["password"]!, code: given["code"] ?? "" });
    if (made?.secret && made.address) setKey({ secret: made.secret, address: made.address });
  };
  const confirm = async (given: Record<string, string>) => {
    const made = await confirming.run(AdministratorConfirmFactorDocument, { code: given["code"]!.trim() });
    if (!made?.codes) return;
    setCodes(made.codes);
    setKey(null);
  };
  return (
    <section className="section">
      <h2>{told.factor}</h2>
      <p className="help">{told.factorText}</p>
      {codes && (
        <Notice live tone="warning" title={told.codes}>
          <p>{told.codesText}</p>
          <ul className="recovery">
            {codes.map((code) => (
              <li key={code}>
                <code>{code}</code>
              </li>
            ))}
          </ul>
          <p>
            <Digest value={codes.join(" ")} short />
          </p>
        </Notice>
      )}
      {key ? (
        <>
          <Facts
            facts={[
              [told.factorScan, <QrCode text={key.address} label={told.factorScan} />],
              [told.factorKey, <Digest value={key.secret} />],
              [told.factorAddress, <Digest value={key.address} />],
            ]}
          />
          <ActionForm doing={confirming} submit={told.factorConfirm} onSubmit={(given) => void confirm(given)}>
            <TextInput label={told.factorCode} name="code" autoComplete="one-time-code" inputMode="numeric" help={told.factorCodeHelp} isRequired />
          </ActionForm>
        </>
      ) : (
        <ActionForm doing={beginning} submit={told.factorBegin} onSubmit={(given) => void begin(given)}>
          <TextInput label={told.present} name="password" type="password" autoComplete="current-password" isRequired />
          <TextInput label={told.code} name="code" autoComplete="one-time-code" help={told.factorOld} />
        </ActionForm>
      )}
    </section>
  );
}

function Everywhere({ user }: { user: AdministratorMeQuery["me"] }) {
  const told = useAdministratorWords().me;
  const doing = useDoing({ revalidates: false });
  const leave = async () => {
    if (!(await doing.run(AdministratorSignOutDocument, {}))) return;
    await signOut();
    // What waits to be handed in stays for who signs in again; all else goes.
    if (user.role === "INSPECTOR" && !(await draftsOf(user.subject)).length) await forgetAll(user.subject);
    // A page of before holds what was read: nothing of it is to stay.
    location.assign(to("welcome"));
  };
  return (
    <section className="section">
      <h2>{told.everywhere}</h2>
      <p className="help">{told.everywhereText}</p>
      <Action doing={doing} tone="danger" onPress={() => void leave()}>
        {told.everywhere}
      </Action>
      <Refusal refused={doing.refused} />
    </section>
  );
}
