import Bytes
public import JSON
import Platform

/// The answer to a request of Ollama's clients to load a model, or to unload it: backends do that by themselves.
public enum OllamaLoading {
  /// The body of the answer to a client that asked on these terms.
  public static func body(_ terms: AnswerTerms, for request: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("model", string: terms.model)
    let time = WallTime.now.text
    writer.member("created_at", string: time.span)
    if terms.purpose == .completions {
      writer.member("response", string: "")
    } else {
      writer.name("message")
      writer.raw([UInt8]("{\"role\":\"assistant\",\"content\":\"\"}").span)
    }
    writer.member("done", boolean: true)
    let keeps = request["keep_alive"]
    let unloads =
      keeps?.isNothing == true || keeps?.equals("0") == true || keeps?.equals("0s") == true
    writer.member("done_reason", string: unloads ? "unload" : "load")
    writer.endObject()
    return writer.finish()
  }
}
