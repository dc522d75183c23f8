import { createGraphiQLFetcher, type Storage } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";
import "./page.css";
import { publicQuery, staffHeaders, staffQuery } from "./starting_texts";

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

document.title = staff ? "Qian 签 — staff 内部" : "Qian 签 — public 公众";
const place = document.getElementById("graphiql");
if (place === null) throw new Error("the page has no place for GraphiQL");
createRoot(place).render(
  staff ? (
    <GraphiQL
      fetcher={fetcher}
      storage={memory()}
      defaultQuery={staffQuery}
      defaultHeaders={staffHeaders}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders={false}
    />
  ) : (
    <GraphiQL fetcher={fetcher} defaultQuery={publicQuery} isHeadersEditorEnabled={false} shouldPersistHeaders={false} />
  ),
);
