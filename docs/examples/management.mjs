// Every call of the management API, with Node.js 18 or newer. POSTERN_URL is where the gateway is, POSTERN_KEY a key
// with the scopes read, write and chat.

const url = process.env.POSTERN_URL ?? "http://127.0.0.1:8080";
const key = process.env.POSTERN_KEY;

// The answer's ETag and object; a status of 400 or more throws.
async function call(method, path, body, headers = {}) {
  const response = await fetch(url + path, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      ...(body && { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  console.log(method, path, response.status, text);
  if (!response.ok) throw new Error(text);
  return { etag: response.headers.get("ETag"), answer: text && JSON.parse(text) };
}

// Bots
await call("POST", "/v1/bots", { id: "shop", name: "Shop Bot", system: "You are terse." });
await call("GET", "/v1/bots?page=1&per_page=20");
await call("GET", "/v1/bots/shop");
await call("PATCH", "/v1/bots/shop", { window: 20, sticky: true });

// Integrations. The values of headers are secrets: they are never shown again.
await call("POST", "/v1/bots/shop/integrations", {
  id: "shop-gpt",
  name: "OpenAI GPT-4",
  type: "openai",
  model: "gpt-4o",
  webhook_url: "https://api.openai.com/v1/chat/completions",
  headers: { Authorization: "Bearer sk-secret" },
  timeout: 30,
  weight: 3,
  enabled: false,
});
await call("POST", "/v1/bots/shop/integrations", { id: "shop-echo", name: "Echo", type: "echo" });
await call("GET", "/v1/bots/shop/integrations");
await call("GET", "/v1/integrations"); // those of all bots
await call("GET", "/v1/integrations/shop-gpt/preview");
await call("POST", "/v1/configuration/preview", { integrations: { "shop-gpt": { weight: 2 }, "shop-echo": null } });
await call("POST", "/v1/integrations/shop-echo/test", { content: "Are you there?" });

// A change that is made only if the object is unchanged since it was read: the ETag is its version.
const { etag } = await call("GET", "/v1/integrations/shop-gpt");
await call("PATCH", "/v1/integrations/shop-gpt", { weight: 1, fallback: true }, { "If-Match": etag });

// Conversations
const message = { content: "Hello", conversation_id: "conv_1" };
await call("POST", "/v1/bots/shop/messages", message, { "X-Request-Id": "request_1" });
await call("GET", "/v1/bots/shop/conversations");
await call("GET", "/v1/conversations/conv_1?bot=shop");
await call("GET", "/v1/conversations/conv_1/messages?bot=shop");

// Messages that wait. The bot's callback takes their replies; until it does, they wait, too.
await call("PATCH", "/v1/bots/shop", { callback: "http://127.0.0.1:8090/replies" });
const path = "/v1/bots/shop/messages";
const waits = { Prefer: "respond-async" };
let { answer } = await call("POST", path, { content: "Hello" }, waits);
const { id } = answer.data;
await call("GET", `/v1/messages/${id}`, undefined, { Prefer: "wait=30" });
await call("GET", "/v1/outbox?status=done&page=1&per_page=20");
await call("GET", `/v1/outbox/${id}`);
await call("POST", `/v1/outbox/${id}/retry`);
await call("DELETE", `/v1/outbox/${id}`);
// So a client gives up what it has sent.
({ answer } = await call("POST", path, { content: "Hello" }, waits));
await call("DELETE", `/v1/messages/${answer.data.id}`);

// The last exchanges: all of a bot, and one by the X-Request-Id of its request.
await call("GET", "/v1/exchanges?bot=shop&outcome=ok");
await call("GET", "/v1/exchanges/request_1");

// Deleted conversations leave the exchanges, too.
await call("DELETE", "/v1/conversations/conv_1?bot=shop");
await call("DELETE", "/v1/bots/shop/conversations?user=user_1");

// The statistics of each integration
await call("GET", "/v1/stats");

// The whole gateway on one page
await call("GET", "/v1/status");

// A bot is deleted with its remaining integrations.
await call("DELETE", "/v1/integrations/shop-gpt");
await call("DELETE", "/v1/bots/shop");
