/// A call of a tool that a reply makes. Text is as it stands inside a JSON string, without the quotes.
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
}
