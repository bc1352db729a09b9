// browser.mjs BASE_URL: GraphiQL and the reference page in a real browser that can reach nothing
// but this server: they load, they work, they ask no other host for anything.
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";

const base = process.argv[2].replace(/\/+$/, "");
const { origin, hostname } = new URL(base);
// A folder to leave a picture of each page in.
const screenshots = process.env.COLOPHON_CONFORMANCE_SCREENSHOTS;
let passed = 0;
let failed = 0;

function check(holds, what) {
  if (holds) passed += 1;
  else {
    failed += 1;
    console.log(`FAILED  ${what}`);
  }
  return Boolean(holds);
}

function findBrowser() {
  for (const name of ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]) {
    try {
      return execFileSync("sh", ["-c", 'command -v "$1"', "sh", name], { encoding: "utf8" }).trim();
    } catch {
      // The next one, then.
    }
  }
  throw new Error("no Chromium on PATH");
}

const browser = await chromium.launch({
  executablePath: findBrowser(),
  headless: true,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${hostname}`,
  ],
});

// A page of its own for each visit, with what it asked for and complained about.
async function visit(path, look) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const foreign = new Set();
  const complaints = [];
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) foreign.add(request.url());
  });
  const missing = new Set();
  context.on("response", (response) => {
    if (response.status() >= 400) missing.add(`${response.status()} ${response.url()}`);
  });
  context.on("console", (message) => {
    if (/content[ -]security[ -]policy|refused to/i.test(message.text())) complaints.push(message.text());
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => complaints.push(String(error)));
  try {
    const answer = await page.goto(`${base}${path}`, { waitUntil: "load" });
    check(answer.status() === 200, `${path}: answers 200 (was ${answer.status()})`);
    check(/^text\/html/.test(answer.headers()["content-type"]), `${path}: is a page`);
    const policy = answer.headers()["content-security-policy"] ?? "";
    check(policy, `${path}: has a content security policy`);
    const scripts = /(?:^|;)\s*(?:script-src|default-src)\s([^;]*)/.exec(policy.replace(/default-src[^;]*;(?=.*script-src)/, ""));
    check(scripts && !/unsafe|\*|https?:/.test(scripts[1]), `${path}: its policy allows only scripts of its own (${scripts?.[1]})`);
    await look(page);
    await page.waitForLoadState("networkidle");
  } catch (error) {
    check(false, `${path}: ${error.message}`);
  }
  if (screenshots) await page.screenshot({ path: `${screenshots}/${path.slice(1)}.png` }).catch(() => {});
  check(foreign.size === 0, `${path}: asks no other host for anything (not ${[...foreign].slice(0, 5).join(", ")})`);
  check(missing.size === 0, `${path}: every file it asks for is there (not ${[...missing].slice(0, 5).join(", ")})`);
  check(complaints.length === 0, `${path}: the browser has no complaint (${complaints.slice(0, 5).join(" | ")})`);
  await context.close();
}

await visit("/graphql", async (page) => {
  const editor = page.locator(".graphiql-query-editor .monaco-editor").first();
  await editor.waitFor();
  await page.locator(".graphiql-query-editor .view-line").first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  // The editor closes brackets by itself and steps over those that are then typed.
  await page.keyboard.type("{ site { name } }", { delay: 30 });
  await page.keyboard.press("Escape");
  // GraphiQL reads what was typed after a short pause.
  await page.waitForTimeout(700);
  const answered = page.waitForResponse(
    (response) => response.request().method() === "POST" && /site/.test(response.request().postData() ?? "") && !/__schema/.test(response.request().postData()),
  );
  await page.keyboard.press("Control+Enter");
  const answer = await answered;
  const sent = answer.request();
  check(new URL(sent.url()).pathname === "/graphql", "GraphiQL: asks the path it was served from");
  check(sent.headers().accept.includes("application/graphql-response+json"), "GraphiQL: accepts application/graphql-response+json");
  const name = (await answer.json()).data?.site?.name;
  check(name, "GraphiQL: a query that was typed is answered");
  // The editor draws spaces as no-break spaces.
  const shown = async () => (await page.locator(".graphiql-response .view-lines").innerText()).replaceAll("\u00a0", " ");
  await page.waitForFunction(() => document.querySelector(".graphiql-response .view-lines")?.textContent.includes("name"));
  const text = await shown();
  check(text.includes(`"name": ${JSON.stringify(name)}`), `GraphiQL: shows the answer (shows ${JSON.stringify(text.slice(0, 200))})`);
  check(page.workers().length > 0, "GraphiQL: its editor has its workers");

  await page.getByLabel("Show Documentation Explorer").click();
  await page.locator(".graphiql-doc-explorer-content").getByText("Query", { exact: true }).first().click();
  await page.locator(".graphiql-doc-explorer-content").getByText("site", { exact: true }).first().waitFor();
  check(true, "GraphiQL: shows the documentation of the schema");
});

await visit("/docs", async (page) => {
  const document = await (await fetch(`${base}/openapi.json`)).json();
  const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
  const operations = Object.values(document.paths).flatMap((path) => methods.filter((method) => path[method]));
  await page.locator(".opblock").first().waitFor();
  const shown = await page.locator(".opblock").count();
  check(shown === operations.length, `the reference page shows all ${operations.length} operations (shows ${shown})`);
  await page.locator(".opblock-get .opblock-summary-control").first().click();
  await page.locator(".opblock-get .opblock-body").first().waitFor();
  check(true, "the reference page opens an operation");
});

await browser.close();
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
