// Bundles the console into ../static: one script, one style sheet, three workers, one font; nothing is inlined
// into the page, so that its Content-Security-Policy can forbid inline scripts.
import { build } from "esbuild";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";

const out = new URL("../static/", import.meta.url);
const common = { bundle: true, minify: true, legalComments: "none", metafile: true, outdir: out.pathname, logLevel: "warning" };

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const page = await build({
  ...common,
  entryPoints: { console: "console.jsx" },
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".ttf": "file", ".woff2": "file" },
  assetNames: "[name]-[hash]",
});
const workers = await build({
  ...common,
  entryPoints: {
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
  },
  format: "iife",
  target: "es2022",
});

// What is bundled is other people's: their licences go with it.
const inputs = [page, workers].flatMap((built) => Object.keys(built.metafile.inputs));
const packages = new Set(inputs.map((name) => /.*node_modules\/(@[^/]+\/)?[^/]+/.exec(name)?.[0]).filter(Boolean));
const licences = [];
for (const folder of [...packages].sort()) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  licences.push(`${name} ${version} (${license})\n\n${file ? await readFile(`${folder}/${file}`, "utf8") : ""}`);
}
await writeFile(new URL("licences.txt", out), licences.join("\n----\n\n"));
await copyFile(new URL("index.html", import.meta.url), new URL("index.html", out));
