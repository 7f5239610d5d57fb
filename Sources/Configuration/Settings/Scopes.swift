import Bytes

/// What an API key allows.
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
  /// Everything: the other scopes, and all that needs an administrator.
  public static let admin = Scopes(
    rawValue: chat.rawValue | read.rawValue | write.rawValue | 8)

  /// The word of one scope.
  package var word: StaticString? { Scopes.words.first { $0.value == self }?.word }

  /// Reads names separated by commas.
  init(_ value: WrittenValue) throws(InvalidValue) {
    try self.init(list: value)
  }
}

extension Scopes: SettingWord {
  static let words: [(word: StaticString, value: Scopes)] = [
    ("chat", .chat), ("read", .read), ("write", .write), ("admin", .admin),
  ]
}
