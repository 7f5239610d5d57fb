// What other programs need to talk to a bot. Pure functions: the tests run each snippet.

/**
 * @param {string} base the gateway's address, without a slash at the end
 * @param {string} bot
 * @returns {{id: string, title: string, about: string, text: string}[]} where `text` takes the key from `POSTERN_KEY`, unless
 *   `about` says otherwise
 */
export function snippets(base, bot) {
  return [
    {
      id: "curl",
      title: "curl",
      about: "Postern's own interface. It keeps the conversation.",
      text: `curl ${base}/v1/bots/${bot}/messages \\
  -H "Authorization: Bearer $POSTERN_KEY" \\
  --json '{"content": "Hello", "conversation_id": "first"}'`,
    },
    {
      id: "openai-python",
      title: "OpenAI SDK, Python",
      about: "The messages that you send are the context.",
      text: `import os
from openai import OpenAI

client = OpenAI(base_url="${base}/v1", api_key=os.environ["POSTERN_KEY"])
completion = client.chat.completions.create(
    model="${bot}",
    messages=[{"role": "user", "content": "Hello"}],
)
print(completion.choices[0].message.content)`,
    },
    {
      id: "openai-js",
      title: "OpenAI SDK, JavaScript",
      about: "The messages that you send are the context.",
      text: `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${base}/v1", apiKey: process.env.POSTERN_KEY });
const completion = await client.chat.completions.create({
  model: "${bot}",
  messages: [{ role: "user", content: "Hello" }],
});
console.log(completion.choices[0].message.content);`,
    },
    {
      id: "anthropic-python",
      title: "Anthropic SDK, Python",
      about: "The messages that you send are the context.",
      text: `import os
from anthropic import Anthropic

client = Anthropic(base_url="${base}", api_key=os.environ["POSTERN_KEY"])
message = client.messages.create(
    model="${bot}",
    max_tokens=1024,
    messages=[{"role": "user", "content": "Hello"}],
)
print(message.content[0].text)`,
    },
    {
      id: "langchain",
      title: "LangChain",
      about: "Of the package langchain-openai.",
      text: `import os
from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="${bot}", base_url="${base}/v1", api_key=os.environ["POSTERN_KEY"])
print(model.invoke("Hello").content)`,
    },
    {
      id: "home-assistant",
      title: "Home Assistant",
      about: "For configuration.yaml. Put the line postern: Bearer KEY into secrets.yaml. A script calls rest_command.postern with content and conversation, and finds the reply in content.data.content of its response.",
      text: `rest_command:
  postern:
    url: ${base}/v1/bots/${bot}/messages
    method: POST
    headers:
      Authorization: !secret postern
    content_type: application/json
    timeout: 130
    payload: >-
      {"content": {{ content | to_json }}, "conversation_id": {{ conversation | to_json }}}`,
    },
    {
      id: "claude-code",
      title: "Claude Code",
      about: "A bot for it needs backends with a large context, and models that are good with tools.",
      text: `export ANTHROPIC_BASE_URL=${base}
export ANTHROPIC_AUTH_TOKEN=$POSTERN_KEY
export ANTHROPIC_MODEL=${bot} ANTHROPIC_DEFAULT_HAIKU_MODEL=${bot}
claude`,
    },
  ];
}
