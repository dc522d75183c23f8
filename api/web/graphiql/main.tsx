import { createGraphiQLFetcher, type Storage } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { buildSchema } from "graphql";
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";
import "./page.css";
import { examplesOf } from "./examples";
import { publicGreeting, staffGreeting, staffHeaders } from "./starting_texts";

/** Keeps what staff type for the life of the page only: neither a token nor a query about enterprises rests in the browser. */
function memory(): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
  };
}

// One page serves both doors; it asks the door it was served from.
const door = window.location.pathname;
const staff = door.startsWith("/staff/");
const fetcher = createGraphiQLFetcher({ url: door });

// The public door answers no introspection unless it is set to; its schema is a file.
const schema = staff
  ? undefined
  : await fetch("/schema.graphql").then(async (answer) => (answer.ok ? buildSchema(await answer.text()) : undefined));

const examples = examplesOf(staff);

document.title = staff ? "Qian 签 — staff 内部" : "Qian 签 — public 公众";
const place = document.getElementById("graphiql");
if (place === null) throw new Error("the page has no place for GraphiQL");
createRoot(place).render(
  staff ? (
    <GraphiQL
      fetcher={fetcher}
      storage={memory()}
      defaultQuery={staffGreeting + examples.first}
      plugins={[examples.plugin]}
      defaultHeaders={staffHeaders}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders={false}
    />
  ) : (
    <GraphiQL
      fetcher={fetcher}
      schema={schema}
      defaultQuery={publicGreeting + examples.first}
      plugins={[examples.plugin]}
      isHeadersEditorEnabled={false}
      shouldPersistHeaders={false}
    />
  ),
);
