import Bytes
import JSON

/// A call of a tool that a reply makes. Text is the inside of a JSON string.
public struct ToolCall: Equatable, Sendable {
  /// The call's identifier, which its result is sent with.
  public let id: [UInt8]

  /// The tool's name.
  public let name: [UInt8]

  /// The arguments: a JSON text, usually an object.
  public let arguments: [UInt8]

  /// A call from its parts.
  public init(id: [UInt8], name: [UInt8], arguments: [UInt8]) {
    self.id = id
    self.name = name
    self.arguments = arguments
  }

  /// A call whose arguments are text, as OpenAI has them. What is missing or not a string is empty.
  init(id: JSONValue?, name: JSONValue?, text: JSONValue?) {
    self.init(
      id: id.insideOfString, name: name.insideOfString, arguments: text.insideOfString)
  }

  /// A call whose arguments are JSON, as Anthropic has them.
  init(id: JSONValue?, name: JSONValue?, input: JSONValue?) {
    let text = ByteBuffer(capacity: 64)
    if let input { text.append(escaping: input.span) }
    self.init(id: id.insideOfString, name: name.insideOfString, arguments: text.bytes)
  }

  /// The arguments as JSON, for vendors that have them so; `nil` if the text is not JSON.
  static func input(ofText text: Span<UInt8>) -> JSONValue? {
    var quoted = [UInt8]("\"")
    quoted.append(copying: text)
    quoted.append("\"")
    guard let text = (try? JSONDocument(quoted))?.root.string else { return nil }
    return (try? JSONDocument(text, maximumDepth: maximumDepth))?.root
  }

  /// How deeply arguments may be nested, so that a reply with them in it is not nested too deeply.
  static let maximumDepth = 60
}
