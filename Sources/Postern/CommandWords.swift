import Bytes

/// The words after a command, taken one by one: options may stand anywhere among names.
struct CommandWords {
  private var words: [[UInt8]]
  private let topic: Command.Topic

  init(_ words: ArraySlice<[UInt8]>, of topic: Command.Topic) {
    self.words = Array(words)
    self.topic = topic
  }

  /// Takes an option without a value out; whether it was there.
  mutating func takeFlag(_ name: StaticString) -> Bool {
    guard let index = words.firstIndex(where: { $0.span.equals(name) }) else { return false }
    words.remove(at: index)
    return true
  }

  /// Takes an option and its value out, `-c FILE` or `-cFILE`; `nil` where it is not there.
  mutating func takeOption(_ name: StaticString) throws(UsageError) -> [UInt8]? {
    guard let index = words.firstIndex(where: { $0.span.hasPrefix(name) }) else { return nil }
    let word = words.remove(at: index)
    var value = Array(word[name.utf8CodeUnitCount...])
    if value.isEmpty {
      guard index < words.count else { throw UsageError("\(name) needs a value") }
      value = words.remove(at: index)
    }
    if words.contains(where: { $0.span.hasPrefix(name) }) {
      throw UsageError("\(name) is given twice")
    }
    return value
  }

  /// Takes what is left, which must not look like options.
  mutating func takeNames() throws(UsageError) -> [[UInt8]] {
    for word in words where word.span.hasPrefix("-") {
      throw UsageError("'\(topic.name)' has no option '\(text(word))'")
    }
    defer { words = [] }
    return words
  }

  /// Takes the name of a command, if there is one.
  mutating func takeTopic() throws(UsageError) -> Command.Topic? {
    guard let word = words.first else { return nil }
    guard let topic = Command.Topic(word) else {
      throw UsageError("no such command: '\(text(word))'")
    }
    words.removeFirst()
    return topic
  }

  /// Nothing may be left.
  func finish() throws(UsageError) {
    guard let word = words.first else { return }
    throw UsageError(
      word.span.hasPrefix("-")
        ? "'\(topic.name)' has no option '\(text(word))'"
        : "'\(topic.name)' takes no '\(text(word))'")
  }
}
