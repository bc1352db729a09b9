// Bundles GraphiQL and Monaco's three workers into the folder named by the one argument.
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs FOLDER");
await mkdir(out, { recursive: true });

const common = {
  bundle: true,
  minify: true,
  legalComments: "none",
  target: "es2022",
  logLevel: "warning",
  outdir: out,
  define: { "process.env.NODE_ENV": '"production"' },
};

const page = await build({
  ...common,
  entryPoints: { main: "main.js" },
  format: "esm",
  splitting: true,
  chunkNames: "chunk-[hash]",
  // Monaco's styles and icon font are in graphiql/style.css already.
  plugins: [
    {
      name: "no-second-monaco-css",
      setup: (b) => b.onLoad({ filter: /monaco-editor[\\/].*\.css$/ }, () => ({ contents: "" })),
    },
  ],
  metafile: true,
});
const workers = await build({
  ...common,
  entryPoints: {
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
  },
  format: "iife",
  metafile: true,
});
await copyFile("index.html", join(out, "index.html"));

// What is bundled is other people's work: their licences go with it.
const bundled = new Set();
for (const input of [...Object.keys(page.metafile.inputs), ...Object.keys(workers.metafile.inputs)]) {
  const found = input.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
  if (found) bundled.add(found[1]);
}
const notices = [];
for (const folder of [...bundled].sort()) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const texts = [];
  for (const file of (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort()) {
    texts.push((await readFile(join(folder, file), "utf8")).trim());
  }
  notices.push([`${name} ${version} (${license})`, ...texts].join("\n\n"));
}
await writeFile(join(out, "LICENSES.txt"), `${notices.join(`\n\n${"-".repeat(72)}\n\n`)}\n`);
