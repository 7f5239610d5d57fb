#!/usr/bin/env bash
# Every call of the management API, with curl. POSTERN_URL is where the gateway is, POSTERN_KEY a key with the scopes
# read, write and chat.
set -euo pipefail
url=${POSTERN_URL:-http://127.0.0.1:8080}

# call METHOD PATH [CURL-ARGUMENT…]: prints the answer; a status of 400 or more fails.
call() {
  curl --silent --show-error --fail-with-body --request "$1" "$url$2" \
    --header "Authorization: Bearer $POSTERN_KEY" "${@:3}"
  echo
}

# Bots
call POST /v1/bots --json '{"id": "shop", "name": "Shop Bot", "system": "You are terse."}'
call GET '/v1/bots?page=1&per_page=20'
call GET /v1/bots/shop
call PATCH /v1/bots/shop --json '{"window": 20, "sticky": true}'

# Integrations. The values of headers are secrets: they are never shown again.
call POST /v1/bots/shop/integrations --json '{
  "id": "shop-gpt", "name": "OpenAI GPT-4", "type": "openai", "model": "gpt-4o",
  "webhook_url": "https://api.openai.com/v1/chat/completions",
  "headers": {"Authorization": "Bearer sk-secret"}, "timeout": 30, "weight": 3, "enabled": false}'
call POST /v1/bots/shop/integrations --json '{"id": "shop-echo", "name": "Echo", "type": "echo"}'
call GET /v1/bots/shop/integrations
call GET /v1/integrations # those of all bots
call GET /v1/integrations/shop-gpt/preview
call POST /v1/configuration/preview --json '{"integrations": {"shop-gpt": {"weight": 2}, "shop-echo": null}}'
call POST /v1/integrations/shop-echo/test --json '{"content": "Are you there?"}'

# A change that is made only if the object is unchanged since it was read: the ETag is its version.
etag=$(curl --silent --fail "$url/v1/integrations/shop-gpt" \
  --header "Authorization: Bearer $POSTERN_KEY" --dump-header - --output /dev/null |
  sed -n 's/\r$//; s/^[Ee][Tt]ag: //p')
call PATCH /v1/integrations/shop-gpt --header "If-Match: $etag" --json '{"weight": 1, "fallback": true}'

# Conversations
call POST /v1/bots/shop/messages --header 'X-Request-Id: request_1' \
  --json '{"content": "Hello", "conversation_id": "conv_1"}'
call GET /v1/bots/shop/conversations
call GET '/v1/conversations/conv_1?bot=shop'
call GET '/v1/conversations/conv_1/messages?bot=shop'

# Messages that wait. The bot's callback takes their replies; until it does, they wait, too.
call PATCH /v1/bots/shop --json '{"callback": "http://127.0.0.1:8090/replies"}'
id=$(call POST /v1/bots/shop/messages --header 'Prefer: respond-async' --json '{"content": "Hello"}' |
  sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
call GET "/v1/messages/$id" --header 'Prefer: wait=30'
call GET '/v1/outbox?status=done&page=1&per_page=20'
call GET "/v1/outbox/$id"
call POST "/v1/outbox/$id/retry"
call DELETE "/v1/outbox/$id"
# So a client gives up what it has sent.
id=$(call POST /v1/bots/shop/messages --header 'Prefer: respond-async' --json '{"content": "Hello"}' |
  sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
call DELETE "/v1/messages/$id"

# The last exchanges: all of a bot, and one by the X-Request-Id of its request.
call GET '/v1/exchanges?bot=shop&outcome=ok'
call GET /v1/exchanges/request_1

# Deleted conversations leave the exchanges, too.
call DELETE '/v1/conversations/conv_1?bot=shop'
call DELETE '/v1/bots/shop/conversations?user=user_1'

# The statistics of each integration
call GET /v1/stats

# The whole gateway on one page
call GET /v1/status

# A bot is deleted with its remaining integrations.
call DELETE /v1/integrations/shop-gpt
call DELETE /v1/bots/shop
