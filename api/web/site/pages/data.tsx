import { Page } from "../../shared/parts/page";
import { useWords } from "../words";

export function Component() {
  const { data: words, feedHelp } = useWords();
  const groups = [
    [words.feeds, ["/feed.atom", "/feed.json", "/feed-ended.json", "/notices.atom", "/notices.json"]],
    [words.files, ["/findings.csv", "/items.csv", "/schema.graphql"]],
    [words.log, ["/log/checkpoint", "/log/vkey", "/verify.mjs"]],
  ] as const;
  return (
    <Page title={words.title} lead={words.lead}>
      {groups.map(([name, paths]) => (
        <section className="section" key={name}>
          <h2>{name}</h2>
          {name === words.feeds && <p>{feedHelp}</p>}
          <ul className="news">
            {paths.map((path) => (
              <li key={path}>
                <a href={path}>{words.rows[path]}</a>
                <code>{path}</code>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Page>
  );
}
