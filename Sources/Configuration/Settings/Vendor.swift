import Bytes

/// A company or a program whose backends people know by its name.
///
/// The table is for advice and for `postern import`: Postern treats the backends of all vendors alike.
package struct Vendor: Sendable {
  /// What people write for it, in lower case: `groq`.
  package let word: [UInt8]
  /// Its name in messages.
  let name: [UInt8]
  /// Where its chat completions are, or Anthropic's messages.
  package let url: [UInt8]
  /// What its keys begin with; empty if they have no beginning of their own.
  let keyPrefix: [UInt8]

  /// The dialect of its address.
  package var type: StaticString { word.span.equals("anthropic") ? "anthropic" : "openai" }

  /// Whether it runs on a machine of one's own.
  package var isLocal: Bool { url.span.hasPrefix("http:") }

  /// The host of its address.
  var host: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let start = isLocal ? 7 : 8
      let end = url.span.firstIndex(of: UInt8(ascii: "/"), from: start) ?? url.count
      return url.span.extracting(start..<end)
    }
  }

  /// The path of its address.
  var path: [UInt8] {
    Array(url[(url.span.firstIndex(of: UInt8(ascii: "/"), from: 8) ?? url.count)...])
  }

  /// The vendor that people call by a word: `ollama_chat` and `Ollama` too.
  package static func named(_ word: Span<UInt8>) -> Vendor? {
    let plain = word.copied.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0.lowercasedASCII }
    return all.first { vendor in
      vendor.word == plain
        || plain.count > vendor.word.count && plain.starts(with: vendor.word)
          && !plain[vendor.word.count].isASCIILetter && !plain.span.hasPrefix("openai")
    }
  }

  /// All that are known.
  package static let all: [Vendor] = table.rows.map { row in
    let parts = row.split(separator: UInt8(ascii: " ")).map { Array($0) }
    return Vendor(
      word: parts[0], name: parts[1], url: parts[2], keyPrefix: parts.count > 3 ? parts[3] : [])
  }

  private static let table: StaticString = """
    openai OpenAI https://api.openai.com/v1/chat/completions sk-proj-
    anthropic Anthropic https://api.anthropic.com/v1/messages sk-ant-
    openrouter OpenRouter https://openrouter.ai/api/v1/chat/completions sk-or-
    groq Groq https://api.groq.com/openai/v1/chat/completions gsk_
    xai xAI https://api.x.ai/v1/chat/completions xai-
    gemini Google https://generativelanguage.googleapis.com/v1beta/openai/chat/completions AIza
    mistral Mistral https://api.mistral.ai/v1/chat/completions
    deepseek DeepSeek https://api.deepseek.com/chat/completions
    perplexity Perplexity https://api.perplexity.ai/chat/completions pplx-
    together Together https://api.together.xyz/v1/chat/completions
    fireworks Fireworks https://api.fireworks.ai/inference/v1/chat/completions fw_
    cerebras Cerebras https://api.cerebras.ai/v1/chat/completions csk-
    deepinfra DeepInfra https://api.deepinfra.com/v1/openai/chat/completions
    nvidia NVIDIA https://integrate.api.nvidia.com/v1/chat/completions nvapi-
    huggingface HuggingFace https://router.huggingface.co/v1/chat/completions hf_
    moonshot Moonshot https://api.moonshot.ai/v1/chat/completions
    ollama Ollama http://127.0.0.1:11434/v1/chat/completions
    lmstudio LM-Studio http://127.0.0.1:1234/v1/chat/completions
    lm LM-Studio http://127.0.0.1:1234/v1/chat/completions
    llama llama.cpp http://127.0.0.1:8081/v1/chat/completions
    llamacpp llama.cpp http://127.0.0.1:8081/v1/chat/completions
    vllm vLLM http://127.0.0.1:8000/v1/chat/completions
    litellm LiteLLM http://127.0.0.1:4000/v1/chat/completions
    """
}
