// Evidence (证据) that the service has.
import { Told, When } from "../../shared/parts/texts";
import type { VisitsEvidenceFragment } from "../../generated/desk/graphql";
import { Section } from "../section";
import { useInspectorWords } from "./words";

export function EvidenceKept({ files }: { files: readonly VisitsEvidenceFragment[] }) {
  const words = useInspectorWords().visit.evidence;
  return (
    <Section title={words.title}>
      {files.length === 0 && <p className="empty">{words.none}</p>}
      <ul className="news">
        {files.map(({ id, name, note, keptBy, keptAt, path, size }) => (
          <li key={id}>
            <a href={path}>
              <Told text={note || name} />
            </a>
            <small>
              <Told text={keptBy} /> <When at={keptAt} /> {Math.ceil(size / 1024)} KB
            </small>
          </li>
        ))}
      </ul>
    </Section>
  );
}
