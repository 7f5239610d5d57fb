import Testing

@testable import Configuration

/// Values as other programs write them.
@Suite struct ValueHintsTests {
  private static func value(_ section: String, _ line: String, _ expected: String) -> Advice {
    Advice("[\(section)]\n\(line)", "2!" + expected)
  }

  @Test(arguments: [
    // Words.
    value("log", "level = warn", "'warning'"), value("log", "level = WARN", "'warning'"),
    value("log", "level = err", "'error'"), value("log", "level = fatal", "'error'"),
    value("log", "level = critical", "'error'"), value("log", "level = notice", "'info'"),
    value("log", "level = trace", "'debug'"), value("log", "level = verbose", "'debug'"),
    value("log", "level = warnings", "'warning'"), value("log", "level = inof", "'info'"),
    value("log", "format = logfmt", "'text'"), value("log", "format = ndjson", "'json'"),
    value("bot a", "delivery = streaming", "'live'"),
    value("bot a", "delivery = buffered", "'whole'"),
    value("bot a", "sticky = session", "'yes'"), value("bot a", "sticky = never", "'no'"),
    value("bot a", "hedge = never", "'no'"), value("bot a", "hedge = 3 sec", "'3s'"),
    .integration("type = openi", "!already given"),
    Advice(
      "[integration a]\ntype = ollama", "2!type = openai|http://127.0.0.1:11434/v1/chat/completions"
    ),
    Advice("[integration a]\ntype = Ollama_chat", "2!type = openai|http://127.0.0.1:11434"),
    Advice(
      "[integration a]\ntype = groq",
      "2!type = openai|https://api.groq.com/openai/v1/chat/completions"),
    Advice("[integration a]\ntype = gemini", "2!type = openai|generativelanguage"),
    Advice(
      "[integration a]\ntype = openrouter",
      "2!type = openai|https://openrouter.ai/api/v1/chat/completions"),
    Advice("[integration a]\ntype = mistral", "2!type = openai|https://api.mistral.ai"),
    Advice(
      "[integration a]\ntype = deepseek",
      "2!type = openai|https://api.deepseek.com/chat/completions"),
    Advice("[integration a]\ntype = litellm", "2!type = openai|:4000/v1/chat/completions"),
    Advice("[integration a]\ntype = vllm", "2!type = openai|:8000/v1/chat/completions"),
    Advice("[integration a]\ntype = llama.cpp", "2!type = openai|/v1/chat/completions"),
    Advice("[integration a]\ntype = lm-studio", "2!type = openai|:1234/v1/chat/completions"),
    Advice("[integration a]\ntype = azure", "2!'openai'"),
    Advice("[integration a]\ntype = claude", "2!'anthropic'"),
    Advice("[integration a]\ntype = chatgpt", "2!'openai'"),
    Advice("[integration a]\ntype = openai-compatible", "2!'openai'"),
    Advice("[integration a]\ntype = webhook", "2!'custom'"),
    Advice("[integration a]\ntype = opneai", "2!'openai'"),
    .integration("fallback = y", "!'yes'"), .integration("fallback = enabled", "!'yes'"),
    .integration("enabled = n", "!'no'"), .integration("stream = always", "!'yes'"),
    .integration("stream = never", "!'no'"), .integration("on_filter = fallback", "!'next'"),
    Advice("[key a]\nsecret = ${KEY}\nscopes = all", "3!'admin'"),
    Advice("[key a]\nsecret = ${KEY}\nscopes = chat, readonly", "3!'read'"),
    Advice("[key a]\nsecret = ${KEY}\nscopes = *", "3!'admin'"),
    Advice("[key a]\nsecret = ${KEY}\nscopes = chat read", "3!separate them by commas"),
    Advice("[key a]\nsecret = ${KEY}\nscopes = chat;read", "3!separate them by commas"),
    // Times and sizes.
    .integration("timeout = 1d", "!'24h'"), .integration("timeout = 30 sec", "!'30s'"),
    .integration("timeout = 30 s", "!'30s'"), .integration("timeout = 30S", "!'30s'"),
    .integration("timeout = 30sec", "!'30s'"), .integration("timeout = 30 seconds", "!'30s'"),
    .integration("timeout = 2min", "!'2m'"), .integration("timeout = 2 minutes", "!'2m'"),
    .integration("timeout = 1.5s", "!'1500ms'"), .integration("timeout = 0.5", "!'500ms'"),
    .integration("timeout = 1m30s", "!'90s'"), .integration("timeout = 1,5 s", "!'1500ms'"),
    .integration("timeout = 500 msec", "!'500ms'"), .integration("timeout = 1hour", "!'1h'"),
    .integration("timeout = 0", "!too small|1ms"),
    .integration("idle_timeout = 30000", "?seconds|30000ms"),
    .integration("connect_timeout = 5000", "?seconds|5000ms"),
    .integration("timeout = 100h", "!too large|24h"),
    .integration("timeout = forever", "!not a duration"),
    value("context", "sync = 5 sec", "'5s'"), value("context", "memory = 4MB", "'4M'"),
    value("context", "memory = 4 MB", "'4M'"), value("context", "memory = 4MiB", "'4M'"),
    value("context", "memory = 4mb", "'4M'"), value("context", "memory = 1.5M", "'1536K'"),
    value("context", "memory = 4 M", "'4M'"), value("context", "memory = 512KB", "'512K'"),
    value("context", "memory = 1GiB", "'1G'"), value("context", "memory = 4", "too small"),
    Advice("[server]\nmax_body = 8", "2?bytes|8M"), .integration("max_response = 2", "?bytes|2M"),
    // Numbers.
    .integration("weight = 1,000", "!'1000'"), .integration("weight = 1_000", "!'1000'"),
    .integration("max_tokens = 4.096", "!'4096'"), .integration("weight = 50%", "!whole number"),
    // Pairs.
    .integration("breaker = off", "!'0'"), .integration("breaker = no", "!'0'"),
    .integration("breaker = never", "!'0'"), .integration("breaker = disabled", "!'0'"),
    .integration("breaker = 5", "!'5/30s'"), .integration("breaker = 5 / 30s", "!'5/30s'"),
    .integration("breaker = 5/30 sec", "!'5/30s'"), .integration("breaker = 5,1min", "!'5/1m'"),
    value("limits", "per_user = 30", "'30/m'"), value("limits", "per_user = 30/min", "'30/m'"),
    value("limits", "per_user = 30 per minute", "'30/m'"),
    value("limits", "per_user = 30rpm", "'30/m'"),
    value("limits", "per_user = 5/second", "'5/s'"), value("limits", "per_user = off", "'0'"),
    value("limits", "per_user = 30 / m", "'30/m'"),
    // Addresses.
    value("server", "listen = :8080", "127.0.0.1:8080"),
    value("server", "listen = 8080", "127.0.0.1:8080"),
    value("server", "listen = 0.0.0.0", "0.0.0.0:8080"),
    value("server", "listen = localhost", "localhost:8080"),
    value("server", "listen = *:8080", "0.0.0.0:8080"),
    value("server", "listen = ::1:8080", "[::1]:8080"),
    value("server", "listen = :::8080", "[::]:8080"),
    value("server", "listen = [::1]", "[::1]:8080"),
    value("server", "listen = http://127.0.0.1:8080", "leave out the scheme"),
    value("server", "listen = /run/postern.sock", "unix:/run/postern.sock"),
    value("server", "listen = gateway.example:8080", "not looked up"),
    value("server", "listen = 127.0.0.1:8080, 9090", "127.0.0.1:9090"),
    value("server", "listen = 127.0.0.1:8080;127.0.0.1:8081", "separate them by commas"),
    value("server", "listen = 127.0.0.1:8080 [::1]:8080", "separate them by commas"),
    // JSON.
    .integration("param.stream_options = None", "!'null'"),
    .integration("param.store = True", "!'true'"),
    .integration("param.store = FALSE", "!'false'"), .integration("param.store = yes", "!'true'"),
    .integration("param.temperature = 0,2", "!point|not a comma"),
    .integration("param.temperature = .9", "!before the point"),
    .integration("param.temperature = 1.", "!after the point"),
    .integration("param.temperature = +1", "!leave out the +"),
    .integration("param.temperature = -.5", "!before the point"),
    .integration("param.effort = high", "!double quotes"),
    .integration("param.stop = ['a']", "!not JSON"), .integration("param.stop = 'a'", "!quotes"),
    .integration("param.temperature = \"0.2\"", "?double quotes"),
  ])
  func advises(advice: Advice) {
    advice.check()
  }
}
