import Bytes
import JSON

/// Writing messages in OpenAI's words, which `custom` backends have too.
extension RequestEncoder {
  /// Appends a client's system messages.
  mutating func append(openAISystemOf chat: ChatRequest) throws(TranslationFault) {
    switch chat.face {
    case .native, .openai, .responses, .ollama:
      for message in chat.messages.elements where message.isSystemMessage {
        writer.raw(message.span)
      }
    case .anthropic:
      try append(anthropicSystemOf: chat)
    }
  }

  /// Appends one of a client's messages.
  mutating func append(
    openAI message: JSONValue, at index: Int, of chat: ChatRequest
  ) throws(TranslationFault) {
    switch chat.face {
    case .native, .openai, .responses, .ollama:
      if !hasSystemMessages || !message.isSystemMessage { append(unchanged: message) }
    case .anthropic:
      try append(fromAnthropic: message, index)
    }
  }

  /// Appends the beginning of the reply, which the backend is told to continue.
  mutating func append(openAIPrefill text: Span<UInt8>) {
    continues = true
    writer.raw("{\"role\":\"assistant\",\"content\":\"", text, "\"}")
  }

  /// Writes that the last message is to be continued, if it is.
  mutating func writeContinuation() {
    guard continues else { return }
    if !profile.overrides("continue_final_message") {
      writer.member("continue_final_message", boolean: true)
    }
    if !profile.overrides("add_generation_prompt") {
      writer.member("add_generation_prompt", boolean: false)
    }
  }
}
