// The console in a real browser that can reach nothing but this machine: what it asked for, what it complained of.
import { chromium } from "playwright-core";

const [, , url, executablePath, screenshot] = process.argv;
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(15_000);
const [complaints, elsewhere] = [[], []];
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(String(error)));
page.on("request", (request) => {
  if (!request.url().startsWith(new URL(url).origin) && !request.url().startsWith("data:")) elsewhere.push(request.url());
});

const answer = () => page.locator(".result-window").innerText();
async function until(text) {
  for (let tries = 0; tries < 100; tries++) {
    if ((await answer()).replaceAll("\u00a0", " ").includes(text)) return true;
    await page.waitForTimeout(100);
  }
  return answer();
}

await page.goto(url);
await page.waitForSelector(".graphiql-execute-button");
await page.waitForSelector(".monaco-editor .view-line");
const tabs = await page.locator(".graphiql-tab").count();
const shown = (await page.locator(".graphiql-editor .view-lines").first().innerText()).replaceAll("\u00a0", " ");
await page.locator(".graphiql-execute-button").click();
const example = await until('"data"');
if (screenshot) await page.screenshot({ path: screenshot });
await page.locator(".graphiql-tab-button").nth(1).click();
await page.waitForTimeout(1000); // GraphiQL reads the new tab's operations a moment after it is shown
await page.locator(".graphiql-execute-button").click();
const subscription = await until('"count": 3');
await page.getByLabel("Show Documentation Explorer").click();
const documentation = await page.locator(".graphiql-doc-explorer-root-type, .graphiql-doc-explorer").first().innerText();
console.log(JSON.stringify({ tabs, shown, example, subscription, documentation, complaints, elsewhere }));
await browser.close();
