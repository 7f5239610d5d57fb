/// A file in which every setting has a value that is not its default.
let everything = (
  text: """
  [server]
  listen = 127.0.0.1:9090, unix:/run/p.sock
  tls_certificate = /cert
  tls_key = /key
  max_connections = 100
  max_connections_per_ip = 0
  max_body = 1M
  idle_timeout = 5s
  request_timeout = 6s
  control = /run/c.sock
  socket_mode = 0600
  console = no
  ollama = yes

  [context]
  memory = 8M
  window = 12
  window_tokens = 4000
  largest_part = 1K
  file = /var/lib/postern/context.ring
  sync = always

  [limits]
  in_flight = 9
  per_user = 30/m
  queue_per_conversation = 0
  idempotency_memory = 64K

  [recorder]
  memory = 1M
  content = yes

  [outbox]
  file = /var/lib/postern/outbox.ring
  size = 2M
  hold = 2h
  keep = 2m

  [log]
  level = debug
  format = json

  [key ops]
  secret = ${KEY}
  scopes = admin
  show_attempts = yes
  bots = support

  [key desk]
  secret = sha256:000102030405060708090a0b0c0d0e0f:\(String(repeating: "00ff", count: 16))

  [bot support]
  name = Support Bot
  system = Be terse.
  window = 20
  error_message = Sorry.
  sticky = yes
  hedge = 3s
  deadline = 10s
  delivery = whole
  aliases = gpt-4o, gpt-*
  callback = https://app.example/replies
  callback_secret = ${WEBHOOK}

  [bot sales]
  system_file = /system

  [integration gpt]
  bot = sales
  name = GPT
  type = openai
  webhook_url = http://api.example/v1/chat/completions
  allow_http = yes
  model = gpt-4o
  header.Authorization = Bearer ${KEY}
  timeout = 1s
  connect_timeout = 2s
  idle_timeout = 3s
  weight = 4
  fallback = yes
  enabled = no
  retries = 5
  backoff = 6ms
  retry_after_max = 7s
  stream = yes
  prefill = yes
  max_tokens = 8
  max_tokens_limit = 16
  param.temperature = 0.2
  drop = seed, stop
  serves = chat, embeddings
  max_response = 9K
  breaker = 1/2s
  on_filter = next
  max_in_flight = 3
  probe_url = http://127.0.0.1:8081/health
  probe_interval = 4s
  warm = yes
  price_input = 2.50
  price_output = 10
  price_cached = 1.25
  ca_file = /ca
  client_certificate = /ca
  client_key = /key
  proxy = http://u:p@proxy:3128

  [integration claude]
  bot = sales
  type = anthropic
  webhook_url = https://api.example/v1/messages
  model = claude
  header.x-api-key = ${KEY}

  [channel home]
  bot = support
  token = 123456:ABC-def
  allow = 123456789, @Ann
  groups = all
  gather = 1s
  response_delay = 2s
  api_url = http://127.0.0.1:8081/
  proxy = socks5h://127.0.0.1:1080

  [channel work]
  bot = sales
  type = slack
  token = xoxb-1-2
  secret = ${KEY}
  allow = U123

  [integration spare]
  bot = support
  type = echo
  """,
  variables: ["KEY": "0123456789abcdef", "WEBHOOK": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  files: [
    "/cert": "-----BEGIN CERTIFICATE-----", "/key": "-----BEGIN PRIVATE KEY-----",
    "/ca": "-----BEGIN CERTIFICATE-----", "/system": "Be kind.\n",
  ]
)
