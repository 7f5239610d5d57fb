import Bytes

/// The words after a command, sorted into options and names.
///
/// Options may come anywhere among the names; `--` ends them. The word after an option that takes a value is its value,
/// even if it looks like an option.
struct CommandWords {
  /// The value of `-c`.
  private(set) var file: [UInt8]?
  /// The value of `-m`.
  private(set) var message: [UInt8]?
  /// Whether there is `--print`.
  private(set) var prints = false
  /// Whether there is `--help` or `-h`.
  private(set) var asksForHelp = false
  /// The words that are not options.
  private(set) var names: [[UInt8]] = []
  private let topic: Command.Topic

  /// Reads the words of a command; an option that the command does not take is an error.
  init(_ words: ArraySlice<[UInt8]>, of topic: Command.Topic) throws(UsageError) {
    self.topic = topic
    var rest = words
    while let word = rest.popFirst() {
      if word.span.equals("--") {
        names += rest
        return
      } else if word.span.equals("--help") || word.span.equals("-h") {
        asksForHelp = true
      } else if topic == .check, word.span.equals("--print") {
        prints = true
      } else if topic.readsConfiguration, word.span.hasPrefix("-c") {
        file = try Self.value(of: word, before: &rest, insteadOf: file)
      } else if topic == .test, word.span.hasPrefix("-m") {
        message = try Self.value(of: word, before: &rest, insteadOf: message)
      } else if word.span.hasPrefix("-") {
        throw UsageError("'\(topic.name)' has no option '\(word)'")
      } else {
        names.append(word)
      }
    }
  }

  /// The value of an option of one letter: the rest of its word, or the next word.
  private static func value(
    of word: [UInt8], before rest: inout ArraySlice<[UInt8]>, insteadOf old: [UInt8]?
  ) throws(UsageError) -> [UInt8] {
    let option = Array(word[..<2])
    guard old == nil else { throw UsageError("\(option) is given twice") }
    guard let value = word.count > 2 ? Array(word[2...]) : rest.popFirst() else {
      throw UsageError("\(option) needs a value")
    }
    return value
  }

  /// Throws if there are more than `count` names.
  func checkNames(atMost count: Int) throws(UsageError) {
    guard names.count > count else { return }
    throw UsageError("'\(topic.name)' does not take '\(names[count])'")
  }
}
