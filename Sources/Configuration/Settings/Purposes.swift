import Bytes
public import Protocols

/// What an integration serves.
public struct Purposes: OptionSet, Sendable {
  /// A bit for each ``Purpose``.
  public let rawValue: UInt8

  /// Purposes by their bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// One purpose.
  public init(_ purpose: Purpose) {
    rawValue = 1 << purpose.rawValue
  }

  /// Reads names separated by commas.
  init(_ value: WrittenValue) throws(InvalidValue) {
    try self.init(list: value)
  }

  /// Whether an integration serves a purpose.
  public func contains(_ purpose: Purpose) -> Bool { contains(Purposes(purpose)) }
}

extension Purposes: SettingWord {
  static let words: [(word: StaticString, value: Purposes)] = [
    Purpose.chat, .embeddings, .completions, .moderations, .transcription, .speech,
  ].map { ($0.name, Purposes($0)) }
}
