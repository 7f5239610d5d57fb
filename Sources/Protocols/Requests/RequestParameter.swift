import Bytes
public import JSON

/// A further top-level field of a backend's requests: `param.NAME = JSON` in the configuration.
public struct RequestParameter: Sendable {
  /// The field's name.
  public let name: [UInt8]

  /// The field's value, sent byte for byte.
  public let value: JSONValue

  /// The field of this name and value.
  public init(name: [UInt8], value: JSONValue) {
    self.name = name
    self.value = value
  }

  /// Whether the field is Postern's own in every dialect, so that a configuration must not set it: `messages`, and
  /// `stream`, which has a setting of its own. Such a parameter is not sent.
  public static func isReserved(_ name: Span<UInt8>) -> Bool {
    name.equals("messages") || name.equals("stream")
  }

  /// Whether a client's field is reserved.
  static func isReserved(_ field: JSONMember) -> Bool {
    field.isNamed("messages") || field.isNamed("stream")
  }

  /// Whether the field is a limit of the reply, in any dialect.
  static func limitsReply(_ name: Span<UInt8>) -> Bool {
    name.equals("max_tokens") || name.equals("max_completion_tokens")
      || name.equals("max_output_tokens")
  }
}
