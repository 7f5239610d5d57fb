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
  /// Where the gateway is: `-c`, `-u` and `-k`.
  var gateway: GatewayOptions { GatewayOptions(file: file, url: url, keyFile: keyFile) }
  private var url: [UInt8]?
  private var keyFile: [UInt8]?
  /// The words without a value that are there.
  private var switches: [Switch] = []
  /// Whether there is `--print`.
  private(set) var prints = false
  /// Whether there is `--no-secrets`.
  private(set) var needsNoSecrets = false
  /// Whether there is `--help` or `-h`.
  private(set) var asksForHelp = false
  /// The words that are not options.
  private(set) var names: [[UInt8]] = []
  private let topic: Command.Topic

  /// An option without a value, of the commands that talk to a gateway.
  enum Switch: CaseIterable {
    case watch, json

    /// The option, and the command that takes it.
    var row: (word: StaticString, topic: Command.Topic) {
      switch self {
      case .watch: ("--watch", .status)
      case .json: ("--json", .status)
      }
    }
  }

  /// Whether an option is there.
  func has(_ option: Switch) -> Bool { switches.contains(option) }

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
      } else if topic == .check, word.span.equals("--no-secrets") {
        needsNoSecrets = true
      } else if topic.readsConfiguration, word.span.hasPrefix("-c") {
        file = try Self.value(of: word, before: &rest, insteadOf: file)
      } else if topic == .test, word.span.hasPrefix("-m") {
        message = try Self.value(of: word, before: &rest, insteadOf: message)
      } else if topic.asksGateway, word.span.hasPrefix("-u") {
        url = try Self.value(of: word, before: &rest, insteadOf: url)
      } else if topic.asksGateway, word.span.hasPrefix("-k") {
        keyFile = try Self.value(of: word, before: &rest, insteadOf: keyFile)
      } else if let option = Switch.allCases.first(where: {
        $0.row.topic == topic && word.span.equals($0.row.word)
      }) {
        switches.append(option)
      } else if word.span.hasPrefix("-"), topic != .importFile || word.count > 1 {
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
