// The console at the address that is the first argument, in Chromium, with the second as its profile's folder.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { chromium } = require("playwright-core");

const [base, profile] = process.argv.slice(2);
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** The carrier delivers after 60 seconds. */
const DELIVERY_MS = 150_000;
const step = (text) => console.log(`- ${text}`);

/** A page of its own that may do nothing wrong: no error, nothing that the policy forbids, no request elsewhere. */
async function open(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const wrong = [];
  // Answers that a check asks for: the browser logs every one of them as an error.
  page.expected = null;
  page.on("console", (message) => {
    if (message.type() === "error" && !(page.expected && message.text().includes(`status of ${page.expected}`))) wrong.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => wrong.push(error.stack));
  page.on("request", (request) => {
    const { protocol, origin: where } = new URL(request.url());
    if (protocol !== "blob:" && protocol !== "data:" && where !== origin) wrong.push(`a request to ${request.url()}`);
  });
  await page.exposeFunction("violated", (text) => wrong.push(text));
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) => violated(`${event.violatedDirective} of ${event.blockedURI}`)));
  page.done = async () => {
    assert.deepEqual(wrong, []);
    await context.close();
  };
  return page;
}

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const view = async (page, name, title = name) => {
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name, exact: true }).click();
  await heading(page, title);
};
const role = (page, name) => page.getByRole("group", { name: "Who is looking" }).getByRole("button", { name }).click();
const status = (page) => page.getByRole("status", { name: "Status" });
const part = (page, name) => page.getByRole("region", { name, exact: true });
const fill = async (page, label, value) => {
  await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByLabel(label, { exact: true }).blur();
};

async function watched(page) {
  await page.goto(`${base}/`);
  await heading(page, "Orders");
  await fill(await shopWithTwo(page), "Coupon", "welcome10");
  await page.getByText("Discount", { exact: true }).waitFor();
  await page.getByRole("button", { name: /^Place the order for 27\.45 EUR$/ }).click();
  await heading(page, /^Order \S+$/);
  // What the reader does must outlast every refresh, and none may load the page anew.
  await page.evaluate(() => { globalThis.stayed = true; });
  const json = page.getByText("The order as JSON");
  await json.click();
  await json.focus();
  return json;
}

async function shopWithTwo(page) {
  await view(page, "Shop");
  await page.getByLabel("Units of Enamel mug", { exact: true }).fill("2");
  await page.getByRole("button", { name: "Add Enamel mug to the cart" }).click();
  await page.getByRole("button", { name: /Place the order for 29\.95 EUR/ }).waitFor();
  return page;
}

async function delivered(page, json) {
  await status(page).getByText("delivered").waitFor({ timeout: DELIVERY_MS });
  assert.equal(await page.evaluate(() => globalThis.stayed), true, "it was seen without a reload");
  assert.ok(await json.evaluate((node) => node.parentNode.open && document.activeElement === node), "what was open and had the focus still does");
  await part(page, "Parcels").getByText("Package has been delivered.").waitFor();
  await page.locator(".map .lying").and(page.getByRole("img", { name: "State: delivered. The way so far: pending, confirmed, preparing, shipped, delivered." })).waitFor();
  const picture = page.getByRole("img", { name: /^The life of order/ });
  await picture.waitFor();
  assert.ok(await picture.evaluate((node) => node.complete && node.naturalWidth > 0), "the impact picture is loaded");
}

async function returned(page) {
  await page.getByRole("button", { name: "Send back…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Enamel mug").fill("1");
  await dialog.getByLabel("Reason").selectOption("damaged");
  await dialog.getByLabel("Comment").fill("The handle is bent");
  await dialog.getByRole("button", { name: "Ask for the return" }).click();
  const returns = part(page, "Returns");
  await returns.getByText("requested").waitFor();
  await role(page, "Staff");
  await view(page, "Orders", "Everybody's orders");
  await page.getByLabel("Somebody must look").check();
  await page.getByText("return requested").waitFor();
  await page.getByRole("table", { name: "Orders" }).getByRole("link").first().click();
  await returns.getByRole("button", { name: "Approve" }).click();
  await returns.getByRole("button", { name: "Receive" }).click();
  await returns.getByText("received").waitFor();
  await returns.getByText("done").waitFor();
  await part(page, "Payment").getByText("11.25 EUR").first().waitFor();
  await part(page, "Ledger").getByText("refund requested").first().waitFor();
  await status(page).getByText("partially refunded").waitFor();
}

async function billed(page) {
  const bills = part(page, "Bills");
  await bills.getByText("credit note").waitFor();
  const [answer, tab] = await Promise.all([
    page.context().waitForEvent("response", (one) => one.url().includes("/api/v1/invoices/")),
    page.waitForEvent("popup"),
    bills.getByRole("button", { name: /^Open INV-/ }).click(),
  ]);
  assert.deepEqual([answer.status(), answer.headers()["content-type"]], [200, "application/pdf"], "the invoice opens without a token");
  await tab.close();
}

async function others(page) {
  await view(page, "Stock");
  await page.getByRole("row", { name: /mug-enamel/ }).getByRole("button", { name: "Book…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Units").fill("5");
  await dialog.getByLabel("Reason").fill("Goods received");
  await dialog.getByRole("button", { name: "Book" }).click();
  await page.getByText("mug-enamel: 30").waitFor();
  await view(page, "Settings");
  await part(page, "Warehouses").getByText("Groningen").first().waitFor();
  await view(page, "Queues");
  await page.getByRole("cell", { name: "FulfillmentQueue" }).waitFor();
  await view(page, "Mails");
  await page.getByRole("link", { name: /was delivered/ }).first().click();
  await page.frameLocator("iframe").getByText("Your order was delivered.").last().waitFor();
}

/** A guest, whose mails are in Hebrew and whose bank asks. */
async function guest(page) {
  await page.goto(`${base}/`);
  await role(page, "Guest link");
  await view(page, "Shop");
  await page.getByRole("button", { name: "Add Enamel mug to the cart" }).click();
  await page.getByLabel("Mails in").selectOption("he");
  await fill(page, "Mail address", "carol@example.com");
  await fill(page, "Card", "pm_card_authenticationRequired");
  await page.getByRole("button", { name: /Place the order for 17\.45 EUR/ }).click();
  await status(page).getByText("pending").waitFor();
  await page.getByRole("button", { name: "Approve" }).click();
  await status(page).getByText("paid", { exact: true }).waitFor();
  await view(page, "Mails");
  const mail = page.getByRole("link", { name: /carol@example\.com/ }).first();
  await mail.click();
  await page.frameLocator("iframe").locator("html[dir=rtl]").waitFor();
  assert.equal(await mail.locator("strong").evaluate((node) => getComputedStyle(node).direction), "rtl");
  // The link in the mail leads back to the order.
  await page.getByText("As text, with its links").click();
  const link = await page.locator(".mail a").filter({ hasText: "order_token" }).first().getAttribute("href");
  await page.evaluate(() => sessionStorage.clear());
  await page.goto(base + new URL(link).search);
  await heading(page, /^Order \S+$/);
  assert.ok(!page.url().includes("order_token"), "the token does not stay in the address");
}

/** Errors are shown as the API words them. */
async function refused(page) {
  await page.goto(`${base}/`);
  page.expected = 402;
  await view(page, "Shop");
  await page.getByRole("button", { name: "Add Wool socks to the cart" }).click();
  await page.getByLabel("Units of Wool socks in the cart").waitFor();
  await fill(page, "Card", "pm_card_chargeDeclined");
  await page.getByRole("button", { name: /Place the order for/ }).click();
  await page.locator("#notice").getByText("payment_declined").waitFor();
  await page.getByRole("button", { name: "Pay…" }).waitFor();
}

/** Whatever the view, nothing is wider than a small phone. */
async function narrow(page) {
  await page.goto(`${base}/`);
  await role(page, "Staff");
  const fits = async (name) => assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, name);
  for (const [name, title] of [["Orders", "Everybody's orders"], ["Stock"], ["Settings"], ["Mails"], ["Queues"]]) {
    await view(page, name, title);
    await fits(name);
  }
  await view(page, "Orders", "Everybody's orders");
  await page.getByRole("link", { name: /^[A-Z0-9]{5}-/ }).first().click();
  await page.locator(".map .standing").waitFor();
  await fits("an order");
  await role(page, "Customer");
  await view(page, "Shop");
  await page.getByRole("button", { name: "Add Enamel mug to the cart" }).click();
  await page.getByRole("button", { name: /Place the order for/ }).waitFor();
  await fits("Shop");
}

async function dark(browser) {
  const ground = async (colorScheme) => {
    const page = await open(browser, base, { colorScheme });
    await page.goto(`${base}/`);
    await heading(page, "Orders");
    const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.done();
    return colour.match(/\d+/g).map(Number);
  };
  assert.ok((await ground("light")).every((part) => part > 200) && (await ground("dark")).every((part) => part < 60));
}

/** The same files on a web host: no twin, and a token that is typed in. */
async function hosted(browser, tokens) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://host");
    if (pathname.startsWith("/api/")) {
      const { method, headers, url } = request;
      request.pipe(http.request(base + url, { method, headers }, (answer) => answer.pipe(response.writeHead(answer.statusCode, answer.headers))));
      return;
    }
    const kinds = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
    const name = pathname === "/" ? "/index.html" : pathname;
    if (name === "/config.json") return response.writeHead(200, { "content-type": "application/json" }).end('{"api": "/api/v1"}');
    const file = path.join("console", path.normalize(name));
    if (!(path.extname(file) in kinds) || !fs.existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": kinds[path.extname(file)] }).end(fs.readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const origin = `http://127.0.0.1:${server.address().port}`;
  const page = await open(browser, origin);
  await page.goto(`${origin}/`);
  await page.getByLabel("Token", { exact: true }).fill(tokens.customer.token);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await view(page, "Shop");
  await page.getByRole("button", { name: "Add Enamel mug to the cart" }).click();
  const fields = { Name: "Bob", Street: "Rue Haute 7", "Postal code": "1000", City: "Brussels", Country: "BE", Card: "pm_card_visa" };
  for (const [label, value] of Object.entries(fields)) await fill(page, label, value);
  await page.getByRole("button", { name: /Place the order for \d/ }).click();
  await heading(page, /^Order \S+$/);
  await role(page, "Staff");
  await page.getByLabel("Token", { exact: true }).fill(tokens.admin.token);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await part(page, "Ledger").waitFor();
  const views = await page.getByRole("navigation", { name: "Views" }).getByRole("link").allTextContents();
  assert.deepEqual(views, ["Orders", "Stock", "Settings"]);
  await page.done();
  server.close();
}

async function answering() {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const tokens = await fetch(`${base}/_local/tokens`).then((answer) => answer.json()).catch(() => null);
    if (tokens !== null) return tokens;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the twin does not answer");
}

async function main() {
  const tokens = await answering();
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS, env: { ...process.env, HOME: profile } });
  try {
    const alone = async (text, check, options) => {
      step(text);
      const page = await open(browser, base, options);
      await check(page);
      await page.done();
    };
    step("an order is placed");
    const page = await open(browser, base);
    const json = await watched(page);
    await alone("a guest pays, reads a mail, and comes back by its link", guest);
    await alone("a refusal is shown in the API's words", refused);
    step("light and dark");
    await dark(browser);
    step("on a web host, with a token that is typed in");
    await hosted(browser, tokens);
    await alone("on a small phone", narrow, { viewport: { width: 360, height: 740 } });
    step("the order is seen to be delivered");
    await delivered(page, json);
    step("a unit is sent back, and paid back");
    await returned(page);
    await billed(page);
    step("stock, settings, queues and mails");
    await others(page);
    await page.done();
    console.log(`Chromium ${browser.version()}: every check passed`);
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
