// Deliveries by hand: files in a platform's form, and what the platform said of them, which is entered.
import { useState } from "react";

import { Choice, TextInput } from "../../shared/parts/fields";
import { Table } from "../../shared/parts/tables";
import { Notice, When } from "../../shared/parts/texts";
import { AdministratorExportDocument, type AdministratorPlatformsQuery, AdministratorReceiptDocument, type JobStandingFragment } from "../../generated/desk/graphql";
import { useDoing } from "../doing";
import { FileLinks, hasEnded, JobProgress, useJobHere } from "../jobs";
import { ActionForm } from "./parts";
import { useAdministratorWords } from "./words";

interface ByHandParts {
  platforms: NonNullable<AdministratorPlatformsQuery["platforms"]>;
  exports: NonNullable<AdministratorPlatformsQuery["exports"]>["nodes"];
  begun: JobStandingFragment | null;
}

export function ByHand({ platforms, exports, begun }: ByHandParts) {
  const told = useAdministratorWords().platforms;
  const made = exports.flatMap((each) => (each.result && "export" in each.result ? [{ ...each, ...each.result }] : []));
  return (
    <section className="section screen-only">
      <h2>{told.byHand}</h2>
      <p>{told.byHandText}</p>
      <div className="columns">
        <Exporting platforms={platforms} begun={begun} />
        <Receipt key={made[0]?.export} newest={made[0]?.export ?? ""} />
      </div>
      {made.length > 0 && (
        <Table
          caption={told.exports}
          rows={made}
          keyOf={({ id }) => id}
          columns={[
            { name: told.exportId, heads: true, cell: (each) => <code>{each.export}</code> },
            { name: told.exportedAt, cell: ({ createdAt }) => <When at={createdAt} /> },
            { name: told.exported, numeric: true, cell: ({ deliveries }) => deliveries },
            { name: told.unsendable, numeric: true, cell: ({ refused }) => refused },
            {
              name: told.files,
              cell: ({ files }) => <FileLinks files={files} />,
            },
          ]}
        />
      )}
    </section>
  );
}

function Exporting({ platforms, begun }: Pick<ByHandParts, "platforms" | "begun">) {
  const told = useAdministratorWords().platforms;
  const doing = useDoing({ revalidates: false });
  const { job, open } = useJobHere(begun, "EXPORT_DELIVERIES");
  const make = async (platform: string) => {
    const payload = await doing.run(AdministratorExportDocument, { platform });
    if (payload?.job) open(payload.job);
  };
  return (
    <div>
      <h3>{told.export}</h3>
      <ActionForm doing={doing} submit={told.makeExport} isDisabled={job !== null && !hasEnded(job)} onSubmit={({ platform }) => void make(platform!)}>
        <Choice label={told.platform} name="platform" choices={platforms.map(({ name, title }) => [name, title] as const)} />
      </ActionForm>
      {job && <JobProgress job={job} />}
    </div>
  );
}

function Receipt({ newest }: { newest: string }) {
  const told = useAdministratorWords().platforms;
  const doing = useDoing();
  const [entered, setEntered] = useState<number | null>(null);
  const enter = async (given: Record<string, string>, form: HTMLFormElement) => {
    setEntered(null);
    const numbers = given["numbers"]!.split(/[\s,，、]+/).filter(Boolean);
    const payload = await doing.run(AdministratorReceiptDocument, {
      export: given["export"]!.trim(),
      accepted: given["accepted"] === "yes",
      receipt: given["receipt"]!,
      numbers: numbers.length ? numbers : null,
    });
    if (!payload) return;
    setEntered(payload.count ?? 0);
    form.reset();
  };
  return (
    <div>
      <h3>{told.receipt}</h3>
      {entered !== null && <Notice live tone="good" title={told.receiptEntered(entered)} />}
      <ActionForm doing={doing} submit={told.enterReceipt} onSubmit={(given, form) => void enter(given, form)}>
        <TextInput label={told.exportId} name="export" defaultValue={newest} autoComplete="off" isRequired />
        <Choice
          label={told.outcome}
          name="accepted"
          choices={[
            ["yes", told.accepted],
            ["no", told.denied],
          ]}
        />
        <TextInput label={told.receiptText} name="receipt" isRequired />
        <TextInput label={told.numbers} help={told.numbersHelp} name="numbers" autoComplete="off" />
      </ActionForm>
    </div>
  );
}
