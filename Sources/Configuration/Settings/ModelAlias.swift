import Bytes

/// A further name of a bot, as a client's `model`.
public struct ModelAlias: Equatable, Sendable {
  /// The longest, in bytes.
  static let longest = 128

  /// The name; of a pattern, what its names begin with, which may be empty.
  public let name: [UInt8]
  /// Whether it stands for all names that begin so.
  public let isPattern: Bool

  init(_ value: WrittenValue) throws(InvalidValue) {
    let text = value.bytes.span
    guard text.count <= Self.longest, value.bytes.allSatisfy({ $0.isVisibleASCII }) else {
      throw InvalidValue(
        "\(value.quoted) is not a name: 1 to \(Self.longest) characters of printable ASCII without blanks"
      )
    }
    isPattern = value.bytes.last == UInt8(ascii: "*")
    name = isPattern ? text.extracting(first: text.count - 1).copied : value.bytes
    if name.contains(UInt8(ascii: "*")) {
      throw InvalidValue(
        "\(value.quoted) has a * before its end; only the last character may be one")
    }
  }

  /// The aliases of a list separated by commas.
  static func list(_ value: WrittenValue) throws(InvalidValue) -> [ModelAlias] {
    var aliases: [ModelAlias] = []
    for item in try value.items() { aliases.append(try ModelAlias(item)) }
    return aliases
  }

  /// The alias as the file has it.
  var text: Text { isPattern ? "\(quoting: name)*" : "\(quoting: name)" }

  /// Whether a client that names this model means the bot.
  public func matches(_ model: Span<UInt8>) -> Bool {
    guard isPattern else { return model.equals(name.span) }
    return model.count >= name.count && model.extracting(first: name.count).equals(name.span)
  }

  /// Whether it goes before another alias that matches, too: the name itself before patterns, and the longer pattern
  /// before the shorter.
  public func isCloser(than other: ModelAlias) -> Bool {
    isPattern == other.isPattern ? name.count > other.name.count : !isPattern
  }
}
