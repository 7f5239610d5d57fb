import Bytes

/// What an API key may be used for.
public struct Scopes: OptionSet, Sendable {
  /// One bit per scope.
  public let rawValue: UInt8

  /// Scopes by their bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Sending messages.
  public static let chat = Scopes(rawValue: 1)
  /// Reading through the management API.
  public static let read = Scopes(rawValue: 2)
  /// Changing through the management API.
  public static let write = Scopes(rawValue: 4)
  /// Everything: the other scopes, and whatever asks for an administrator.
  public static let admin = Scopes(rawValue: 15)

  /// Reads names separated by commas.
  init(_ value: WrittenValue) throws(InvalidValue) {
    var bits: UInt8 = 0
    for name in try value.items() {
      guard let position = WordList.scopes.position(of: name.bytes.span) else {
        throw InvalidValue("\(name.quoted) is none of \(WordList.scopes.text)")
      }
      bits |= position == 3 ? Self.admin.rawValue : 1 << UInt8(position)
    }
    rawValue = bits
  }
}
