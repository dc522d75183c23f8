// The inspection notice (检查通知书): issued before the visit, with its number; and the forms of a visit as PDF.
import { type ReactNode, useState } from "react";

import { TextInput } from "../shared/parts/fields";
import { Facts, Lines, When } from "../shared/parts/texts";
import { VisitsNoticeDocument, type VisitsOneFragment } from "../generated/desk/graphql";
import { today } from "../shared/clock";
import { useDoing } from "./doing";
import { Action, Refusal } from "./parts";
import { Section } from "./section";
import { useWords } from "./words";

const LONGEST_REMARK = 1000;

type Noticed = Pick<VisitsOneFragment, "campaignCode" | "enterpriseCode" | "forms">;

/** A printed form of a visit. */
export const FormLink = ({ visit, kind, children }: { visit: Noticed; kind: "notice" | "record"; children: ReactNode }) => (
  <p>
    <a className="button" href={`/staff/files/forms/${visit.campaignCode}/${visit.enterpriseCode}/${kind}.pdf`}>
      {children}
    </a>
  </p>
);

export function IssueNotice({ visit, mayIssue, isOpen = false }: { visit: Noticed; mayIssue: boolean; isOpen?: boolean }) {
  const words = useWords().visitNotice;
  const doing = useDoing();
  const [plannedOn, setPlannedOn] = useState(today);
  const [remark, setRemark] = useState("");
  const notice = visit.forms.find(({ kind }) => kind === "NOTICE");
  if (!notice && !mayIssue) return null;
  const issue = () => void doing.run(VisitsNoticeDocument, { campaign: visit.campaignCode, enterprise: visit.enterpriseCode, plannedOn, remark });
  return (
    <Section title={words.title}>
      {notice ? (
        <>
          <Facts
            facts={[
              [words.number, notice.number],
              [words.plannedOn, notice.plannedOn && <When at={notice.plannedOn} />],
              [words.remark, notice.remark ? <Lines text={notice.remark} /> : null],
            ]}
          />
          <FormLink visit={visit} kind="notice">
            {words.print}
          </FormLink>
        </>
      ) : (
        <details open={isOpen}>
          <summary>{words.issue}</summary>
          <p className="help">{words.none}</p>
          <div className="form">
            <TextInput label={words.plannedOn} type="date" value={plannedOn} onChange={setPlannedOn} isRequired />
            <TextInput label={words.remark} lines={2} value={remark} onChange={setRemark} maxLength={LONGEST_REMARK} />
            <Refusal refused={doing.refused} />
            <p>
              <Action doing={doing} tone="primary" onPress={issue}>
                {words.issue}
              </Action>
            </p>
          </div>
        </details>
      )}
    </Section>
  );
}
