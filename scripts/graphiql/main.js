// The page at /graphql: GraphiQL, talking to the very path it was served from.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createClient } from "graphql-ws";
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "./page.css";

// Monaco asks for its workers by label; each is a file of its own beside this one.
const workers = { graphql: "graphql.worker.js", json: "json.worker.js" };
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) =>
    new Worker(new URL(workers[label] ?? "editor.worker.js", import.meta.url), { name: label }),
};

const endpoint = new URL(location.pathname.replace(/\/+$/, ""), location.href);
const socket = new URL(`${endpoint.pathname}/ws`, endpoint);
socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

const fetcher = createGraphiQLFetcher({
  url: endpoint.href,
  headers: { Accept: "application/graphql-response+json, application/json;q=0.9" },
  enableIncrementalDelivery: false,
  // Connects when the first subscription is run, not before.
  wsClient: createClient({ url: socket.href, lazy: true }),
});

const defaultQuery = `# Run the query at the cursor with Ctrl-Enter; Ctrl-Space suggests fields.
{
  site {
    name
  }
}
`;

createRoot(document.getElementById("graphiql")).render(
  createElement(GraphiQL, { fetcher, defaultQuery, shouldPersistHeaders: false }),
);
