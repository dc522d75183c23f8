// Where the two persons of a throw enter what fell, whatever else of the campaign they may see.
import { useParams } from "react-router";

import { Page } from "../../../shared/parts/page";
import { onlyFor } from "../../only_for";
import { Values } from "../../planner/values";
import { useCeremonyWords } from "../words";

export const loader = () => onlyFor("planner", "inspector", "auditor");

export function Component() {
  const words = useCeremonyWords();
  const code = useParams()["code"]!;
  return (
    <Page title={words.throwTitle(code)} lead={words.throwLead}>
      <section className="section">
        <Values key={code} code={code} />
      </section>
    </Page>
  );
}
