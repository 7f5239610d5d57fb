import Backends
import Bytes
import Configuration
import Cryptography
import HTTPServer
import JSON
import Platform
import Protocols

/// Bots and integrations as models of Ollama's.
extension ModelTable {
  private static let latest: StaticString = ":latest"
  private static let details = [UInt8](
    """
    {"parent_model":"","format":"","family":"postern","families":["postern"],"parameter_size":"",\
    "quantization_level":""}
    """)
  private static let capabilities = [UInt8](#"["completion","tools","vision"]"#)

  /// The model of a name, with or without the tag `latest`, which Ollama's clients add; an alias may have it.
  func model(ofOllama name: [UInt8]) throws(APIError) -> Model {
    let end = name.count - Self.latest.utf8CodeUnitCount
    guard end > 0, name.span.extracting(end...).equals(Self.latest), !hasAlias(name) else {
      return try model(name, for: .chat)
    }
    return try model(name.span.extracting(first: end).copied, for: .chat)
  }

  private func hasAlias(_ name: [UInt8]) -> Bool {
    bots.bots.contains { bot in
      bot.settings.aliases.contains { !$0.isPattern && $0.name == name }
    }
  }

  /// The list of all models.
  var ollamaModels: Response {
    .json { writer in
      writer.name("models")
      writer.beginArray()
      for bot in bots.visible(to: key) {
        for name in names(of: bot) {
          writer.beginObject()
          writer.member("name", string: name)
          writer.member("model", string: name)
          writeTime(to: &writer)
          writer.member("size", integer: 0)
          // Ollama's own client shows its first digits, which must be there.
          var digest: [UInt8] = []
          digest.append(hexadecimal: SHA256.digest(name))
          writer.member("digest", string: digest)
          writer.member("details", raw: Self.details.span)
          writer.endObject()
        }
      }
      writer.endArray()
    }
  }

  /// What is known of one model.
  func ollamaModel(_ name: [UInt8]) throws(APIError) -> Response {
    let bot = try model(ofOllama: name).bot
    return .json { writer in
      for name in ["license", "modelfile", "parameters", "template"] as [StaticString] {
        writer.member(name, string: "")
      }
      writer.member("details", raw: Self.details.span)
      writer.name("model_info")
      writer.beginObject()
      writer.member("general.architecture", string: "postern")
      writer.member("general.basename", string: bot.settings.name)
      writer.endObject()
      writer.member("capabilities", raw: Self.capabilities.span)
      writeTime(to: &writer)
    }
  }

  private func writeTime(to writer: inout JSONWriter) {
    var text: [UInt8] = []
    created.append(to: &text, precision: .seconds)
    writer.member("modified_at", string: text)
  }
}
