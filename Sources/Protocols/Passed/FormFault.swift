public import Bytes

/// Why the body of a request is not a form that can be passed on.
public struct FormFault: Error, Equatable, Sendable {
  /// What is wrong, for the client. It quotes nothing of the body.
  public let message: Text
  /// The part that is at fault, if that is known.
  public let field: StaticString?

  init(_ reason: Text) {
    message = "The form cannot be read: \(reason)."
    field = nil
  }

  init(_ field: StaticString, _ reason: Text) {
    message = "\(field) \(reason)."
    self.field = field
  }

  /// Whether both say the same.
  public static func == (one: FormFault, other: FormFault) -> Bool {
    one.message.bytes == other.message.bytes
  }
}
