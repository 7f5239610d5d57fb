/// A header field that a dialect adds to its requests.
public struct DefaultField: Sendable {
  /// The field's name.
  public let name: StaticString

  /// The field's value.
  public let value: StaticString
}
