import Bytes
import JSON
import Platform

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

  /// A call as OpenAI has it: arguments are text, whatever the backend sent. An identifier that is missing, or that one
  /// of the calls before it has, is made up.
  init(id: JSONValue?, name: JSONValue?, arguments: JSONValue?, after calls: [ToolCall]) {
    var text = arguments.insideOfString
    if let arguments, arguments.kind != .string, !arguments.isNull {
      let buffer = ByteBuffer(capacity: 64)
      buffer.append(escaping: arguments.span)
      text = buffer.bytes
    }
    if text.isEmpty { text = [UInt8]("{}") }
    self.init(
      id: Self.unique(id.insideOfString, calls), name: name.insideOfString, arguments: text)
  }

  /// A call whose arguments are JSON, as Anthropic has them.
  init(id: JSONValue?, name: JSONValue?, input: JSONValue?, after calls: [ToolCall]) {
    let text = ByteBuffer(capacity: 64)
    // A text is what a stream brought that is not JSON.
    if let input, input.kind == .string {
      text.append(input.inside)
    } else if let input, !input.isNull {
      text.append(escaping: input.span)
    } else {
      text.append("{}")
    }
    self.init(
      id: Self.unique(id.insideOfString, calls), name: name.insideOfString, arguments: text.bytes)
  }

  private static func unique(_ id: [UInt8], _ calls: [ToolCall]) -> [UInt8] {
    id.isEmpty || calls.contains { $0.id == id } ? newID() : id
  }

  /// A new identifier for a call, which no other call of the conversation has.
  static func newID() -> [UInt8] { RandomSource().identifier("call_") }

  /// Whether it can be passed on to a client of this face: it has a name and, for clients of Anthropic's and Ollama's
  /// interfaces, whose calls have an object, arguments that are one.
  public func isSound(for face: Face) -> Bool {
    guard !name.isEmpty else { return false }
    // Blanks mean that there are no arguments.
    if face != .anthropic && face != .ollama
      || arguments.span.endOfJSONTextBeforeBlanks == 0
    {
      return true
    }
    return Self.input(ofText: arguments.span)?.kind == .object
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
