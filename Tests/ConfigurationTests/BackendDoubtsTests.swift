import Testing

@testable import Configuration

/// Addresses, keys and types that do not fit together.
@Suite struct BackendDoubtsTests {
  /// An integration of this type at this address, with a key.
  private static func at(_ type: String, _ url: String, _ expected: String) -> Advice {
    let key =
      type == "anthropic" ? "header.x-api-key = ${KEY}" : "header.Authorization = Bearer ${KEY}"
    return Advice(
      "[integration a]\ntype = \(type)\nwebhook_url = \(url)\nmodel = m\n\(key)",
      "3?webhook_url: |" + expected)
  }

  @Test(arguments: [
    at("openai", "https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
    at("openai", "https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions"),
    at("openai", "https://api.openai.com", "https://api.openai.com/v1/chat/completions"),
    at("openai", "https://api.openai.com/", "https://api.openai.com/v1/chat/completions"),
    at(
      "openai", "https://api.openai.com/chat/completions",
      "https://api.openai.com/v1/chat/completions"),
    at("openai", "https://api.openai.com/v1/chat", "https://api.openai.com/v1/chat/completions"),
    at("openai", "https://api.openai.com/v1/chat/completion", "/v1/chat/completions"),
    at("openai", "https://api.openai.com/v1/chat/completions/", "the slash at the end"),
    at(
      "openai", "https://api.openai.com/v1/completions",
      "https://api.openai.com/v1/chat/completions"),
    at(
      "openai", "https://api.openai.com/v1/responses", "https://api.openai.com/v1/chat/completions"),
    at("openai", "https://api.openai.com/v1/embeddings", "/v1/chat/completions"),
    at("openai", "https://api.openai.com/v1/models", "/v1/chat/completions"),
    at("openai", "http://host:11434", "http://host:11434/v1/chat/completions"),
    at("openai", "http://host:11434/", "http://host:11434/v1/chat/completions"),
    at("openai", "http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1/chat/completions"),
    at("openai", "http://127.0.0.1:11434/api", "http://127.0.0.1:11434/v1/chat/completions"),
    at(
      "openai", "http://127.0.0.1:11434/api/chat",
      "Ollama|http://127.0.0.1:11434/v1/chat/completions"),
    at("openai", "http://127.0.0.1:11434/api/generate", "Ollama|/v1/chat/completions"),
    at("openai", "http://127.0.0.1:1234/v1", "http://127.0.0.1:1234/v1/chat/completions"),
    at("openai", "https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/chat/completions"),
    at("openai", "https://openrouter.ai", "https://openrouter.ai/api/v1/chat/completions"),
    at(
      "openai", "https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1/chat/completions"),
    at(
      "openai", "https://api.groq.com/v1/chat/completions",
      "https://api.groq.com/openai/v1/chat/completions"),
    at("openai", "https://api.mistral.ai/v1", "https://api.mistral.ai/v1/chat/completions"),
    at("openai", "https://api.deepseek.com", "https://api.deepseek.com/chat/completions"),
    at(
      "openai", "https://generativelanguage.googleapis.com/v1beta/openai",
      "/v1beta/openai/chat/completions"),
    at(
      "openai",
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent",
      "Google has another path|/v1beta/openai/chat/completions"),
    at("openai", "https://api.anthropic.com/v1/messages", "type = anthropic"),
    at("openai", "https://x.example/v1/messages", "type = anthropic"),
    at(
      "openai", "https://r.openai.azure.com",
      "https://r.openai.azure.com/openai/v1/chat/completions"),
    at(
      "openai", "https://r.openai.azure.com/openai/deployments/d/chat/completions",
      "?api-version="),
    at("openai", "https://gateway.example/v1", "https://gateway.example/v1/chat/completions"),
    at("openai", "https://gateway.example", "https://gateway.example/v1/chat/completions"),
    at("anthropic", "https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
    at("anthropic", "https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"),
    at("anthropic", "https://api.anthropic.com/v1/", "https://api.anthropic.com/v1/messages"),
    at("anthropic", "https://api.anthropic.com/v1/messages/", "the slash at the end"),
    at(
      "anthropic", "https://api.anthropic.com/v1/complete", "https://api.anthropic.com/v1/messages"),
    at("anthropic", "https://api.anthropic.com/v1/chat/completions", "type = openai"),
    at(
      "anthropic", "https://api.deepseek.com/anthropic",
      "https://api.deepseek.com/anthropic/v1/messages"),
    at("openai", "http://127.0.0.1:8080/v1/chat/completions", "Postern's own address"),
    at("openai", "http://localhost:8080/v1/chat/completions", "Postern's own address"),
    at("openai", "http://127.0.0.1:443/v1/chat/completions", "https://"),
    at("openai", "https://127.0.0.1:80/v1/chat/completions", "http://"),
    at("echo", "https://api.openai.com/v1/chat/completions", "type = openai"),
  ])
  func advisesAboutAddresses(advice: Advice) {
    advice.check()
  }

  /// Addresses that work.
  @Test(
    arguments: [
      ("openai", "https://api.openai.com/v1/chat/completions"),
      ("openai", "https://eu.api.openai.com/v1/chat/completions"),
      ("openai", "https://api.anthropic.com/v1/chat/completions"),
      ("openai", "https://api.deepseek.com/chat/completions"),
      ("openai", "https://api.deepseek.com/v1/chat/completions"),
      ("openai", "https://r.openai.azure.com/openai/v1/chat/completions"),
      (
        "openai",
        "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21"
      ),
      ("openai", "https://gateway.example/v1/ACCOUNT/GATEWAY/openai/chat/completions"),
      ("openai", "https://api.cloudflare.com/client/v4/accounts/A/ai/v1/chat/completions"),
      ("openai", "https://function.example/llm"), ("openai", "http://127.0.0.1:9/chat"),
      ("anthropic", "https://api.anthropic.com/v1/messages"),
      ("anthropic", "https://api.deepseek.com/anthropic/v1/messages"),
      ("anthropic", "https://aws.example/model/x/invoke"),
      ("custom", "https://bot.example/hook"), ("custom", "https://bot.example"),
    ])
  func isSilentAboutAddresses(type: String, url: String) {
    let model = type == "custom" ? "" : "model = m\n"
    let field = type == "anthropic" ? "x-api-key = " : "Authorization = Bearer "
    let text =
      "[integration a]\ntype = \(type)\nwebhook_url = \(url)\n\(model)header.\(field)${KEY}"
    #expect(load(text, ["KEY": "0123456789abcdef"]).lines == [])
  }

  private static let gpt =
    "[integration a]\ntype = openai\nmodel = m\nwebhook_url = https://api.openai.com/v1/chat/completions\n"
  private static let claude =
    "[integration a]\ntype = anthropic\nmodel = m\nwebhook_url = https://api.anthropic.com/v1/messages\n"

  @Test(arguments: [
    // Keys of other vendors, none, in the wrong field.
    Advice(gpt, "4?has no header with a key|header.Authorization = Bearer ${NAME}"),
    Advice(gpt + "header.User-Agent = x", "4?has no header with a key"),
    Advice(gpt + "header.OpenAI-Organization = org-1", "4?has no header with a key"),
    Advice(claude, "4?has no header with a key|header.x-api-key = ${NAME}"),
    Advice(claude + "header.anthropic-version = 2023-06-01", "4?has no header with a key"),
    Advice(
      "[integration a]\ntype = openai\nmodel = m\nwebhook_url = https://gateway.example/v1/chat/completions",
      "4?has no header with a key"),
    Advice(
      "[integration a]\ntype = openai\nmodel = m\nwebhook_url = https://r.openai.azure.com/openai/v1/chat/completions",
      "4?header.api-key = ${NAME}"),
    Advice(
      gpt + "header.Authorization = Bearer sk-ant-api03-0123456789", "5?key of Anthropic|OpenAI"),
    Advice(gpt + "header.Authorization = Bearer sk-or-v1-0123456789", "5?key of OpenRouter|OpenAI"),
    Advice(gpt + "header.Authorization = Bearer gsk_0123456789", "5?key of Groq|OpenAI"),
    Advice(gpt + "header.Authorization = Bearer ${ANT}", "5?key of Anthropic|OpenAI"),
    Advice(claude + "header.x-api-key = sk-proj-0123456789", "5?key of OpenAI|Anthropic"),
    Advice(claude + "header.x-api-key = sk-or-v1-0123456789", "5?key of OpenRouter|Anthropic"),
    Advice(claude + "header.Authorization = Bearer ${ANT}", "5?header.x-api-key = ${NAME}"),
    Advice(
      claude + "header.Authorization = Bearer 0123456789abcdef", "5?header.x-api-key = ${NAME}"),
    Advice(
      "[integration a]\ntype = anthropic\nmodel = m\nwebhook_url = http://10.0.0.1/v1/messages\nheader.Authorization = Bearer ${KEY}",
      "5?header.x-api-key = ${NAME}"),
    // Types.
    Advice(
      "[integration a]\nwebhook_url = https://api.openai.com/v1/chat/completions\nmodel = m\nheader.Authorization = Bearer ${KEY}",
      "3?without 'type'|type = openai"),
    Advice(
      "[integration a]\nwebhook_url = https://api.openai.com/v1/chat/completions\nheader.Authorization = Bearer ${KEY}",
      "1?without 'type'|type = openai"),
    Advice(
      "[integration a]\nwebhook_url = https://api.anthropic.com/v1/messages\nmodel = m\nheader.x-api-key = ${KEY}",
      "3?without 'type'|type = anthropic"),
    Advice(
      "[integration a]\nwebhook_url = https://bot.example/hook\nmodel = m",
      "3?without 'type'|type = openai"),
    Advice(
      "[integration a]\ntype = custom\nwebhook_url = http://127.0.0.1:9/v1/chat/completions",
      "2?type = openai"),
    Advice(
      "[integration a]\ntype = custom\nwebhook_url = http://127.0.0.1:9/\nmodel = m",
      "2?type: custom|sends no model"),
    // The draw.
    Advice(
      gpt + "header.Authorization = Bearer ${KEY}\n[integration echo]\ntype = echo",
      "7?[integration echo]|fallback = yes"),
    Advice(
      "[integration echo]\ntype = echo\nweight = 5\n" + gpt
        + "header.Authorization = Bearer ${KEY}", "2?remove it"),
  ])
  func advisesAboutKeysAndTypes(advice: Advice) {
    advice.check(variables: ["KEY": "0123456789abcdef", "ANT": "sk-ant-api03-0123456789"])
  }

  @Test(
    arguments: [
      gpt + "header.Authorization = Bearer sk-proj-0123456789",
      gpt + "header.Authorization = Bearer sk-0123456789",
      claude + "header.Authorization = Bearer sk-ant-oat01-0123456789",
      claude + "header.Authorization = Bearer x\nheader.x-api-key = sk-ant-0123456789",
      "[integration a]\ntype = openai\nmodel = m\nwebhook_url = https://gateway.example/v1/chat/completions?key=secret",
      "[integration a]\ntype = openai\nmodel = m\nwebhook_url = https://ollama.lan/v1/chat/completions",
      "[integration a]\ntype = anthropic\nmodel = m\nwebhook_url = https://openrouter.ai/api/v1/messages\nheader.Authorization = Bearer sk-or-1",
      "[integration e]\ntype = echo\nfallback = yes\n" + gpt + "header.X-Key = x",
      "[integration e]\ntype = echo\nenabled = no\n" + gpt + "header.X-Key = x",
      "[integration e]\ntype = echo\nweight = 0\n" + gpt + "header.X-Key = x",
      "[integration e]\ntype = echo\n" + gpt + "weight = 0\nheader.X-Key = x",
      "[bot b]\n[bot c]\n[integration e]\nbot = b\ntype = echo\n" + gpt
        + "bot = c\nheader.X-Key = x",
    ])
  func isSilentAboutKeysAndTypes(text: String) {
    #expect(load(text).lines == [])
  }

  @Test func warnsOfABotWithoutAnIntegration() {
    let bots = "[bot a]\n[bot z]\n[integration x]\nbot = a\n"
    #expect(
      load(bots + "webhook_url = https://x/").lines == [
        "2: warning: [bot z] has no integration: it answers with the message itself; write an [integration NAME] with bot = z"
      ])
    #expect(load(bots + "type = echo").lines == [])
    #expect(load("[bot a]\n[bot z]").lines == [])
    #expect(load("[bot a]\n[integration x]\nwebhook_url = https://x/").lines == [])
  }

  @Test func warnsOfSecretsInAnOpenFile() {
    func lines(_ text: String) -> [String] {
      let sources = ConfigurationSources(["KEY": "0123456789abcdef"])
      return ConfigurationReport.load(
        text,
        ConfigurationSources(environment: sources.environment, file: sources.file, isOpen: true)
      ).lines
    }
    let digest = FindingsTests.digest
    #expect(lines("[key a]\nsecret = ${KEY}\n[key b]\nsecret = \(digest)") == [])
    #expect(lines(Self.gpt + "header.Authorization = Bearer ${KEY}\nheader.User-Agent = x") == [])
    for (text, line) in [
      ("[key a]\nsecret = 0123456789abcdef", 2),
      (Self.gpt + "header.Authorization = Bearer 0123456789abcdef", 5),
      (Self.gpt + "header.X-Api-Key = ${KEY}\nparam.api_key = \"0123456789abcdef\"", 6),
    ] {
      let found = lines(text)
      #expect(found.count == 1)
      #expect(found.first?.hasPrefix("\(line): warning: ") == true)
      #expect(found.first?.contains("chmod o=") == true)
    }
  }

  @Test func refusesAFileInAMissingFolder() {
    let sources = ConfigurationSources(
      environment: { _ in nil }, file: { _, _ in .unreadable(reason: []) },
      fileFault: { $0.count > 5 ? "the folder does not exist" : nil })
    #expect(
      ConfigurationReport.load("[context]\nfile = /none/ring", sources).lines == [
        "2: file: /none/ring cannot be used: the folder does not exist"
      ])
    #expect(ConfigurationReport.load("[context]\nfile = /ring", sources).lines == [])
    // The service manager may make this one when the service starts.
    #expect(
      ConfigurationReport.load("[server]\nlisten = unix:/none/socket", sources).lines == [
        "2: warning: listen: unix:/none/socket cannot be made as it is now: the folder does not exist"
      ])
    #expect(
      ConfigurationReport.load("[server]\ncontrol = /none/socket", sources).lines == [
        "2: warning: control: /none/socket cannot be made as it is now: the folder does not exist"
      ])
  }
}
