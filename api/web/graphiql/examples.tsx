import { type GraphiQLPlugin, PlayIcon, useGraphiQL } from "@graphiql/react";
import page from "../../../docs/api.md?raw";
import { recipesOf } from "./recipes.mjs";

/** The saved queries of a door: the recipes of docs/api.md, by who asks them. */
export function examplesOf(staff: boolean): { first: string; plugin: GraphiQLPlugin } {
  const recipes = recipesOf(page, staff);
  const first = recipes.find(({ query, variables }) => query.startsWith("query") && variables === "");

  function Examples() {
    const queryEditor = useGraphiQL((state) => state.queryEditor);
    const variableEditor = useGraphiQL((state) => state.variableEditor);
    return (
      <section aria-label="Examples 示例">
        <div className="examples-title">Examples 示例</div>
        <ul className="examples">
          {recipes.map(({ heading, who, query, variables }) => (
            <li key={query}>
              <button
                type="button"
                className="graphiql-un-styled"
                onClick={() => {
                  queryEditor?.setValue(query);
                  variableEditor?.setValue(variables);
                }}
              >
                {heading} <small>{who}</small>
              </button>
            </li>
          ))}
        </ul>
      </section>
    );
  }

  return { first: first?.query ?? "", plugin: { title: "Examples 示例", icon: PlayIcon, content: Examples } };
}
