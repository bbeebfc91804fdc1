// GraphiQL on this hub: questions over HTTP, subscriptions over WebSocket, the tour's stops as its first tabs.
import "graphiql/style.css";
import "./console.css";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";

const WORKERS = new Set(["json", "graphql"]);
globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(`/graphiql/${WORKERS.has(label) ? label : "editor"}.worker.js`),
};

const socket = new URL("/graphql", location.href);
socket.protocol = socket.protocol.replace("http", "ws");
const fetcher = createGraphiQLFetcher({ url: "/graphql", wsClient: createClient({ url: socket.href, lazy: true }) });

const examples = await fetch("/graphiql/examples.json").then((answer) => answer.json());
createRoot(document.getElementById("console")).render(
  <GraphiQL fetcher={fetcher} defaultTabs={examples} defaultEditorToolsVisibility={false} />,
);
