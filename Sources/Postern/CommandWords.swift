import Bytes

/// The words after a command, sorted into options and names.
///
/// Options may come anywhere among the names; `--` ends them. The word after an option that takes a value is its value,
/// even if it looks like an option.
final class CommandWords {
  /// The value of `-c`.
  private(set) var file: [UInt8]?
  /// The value of `-m`.
  private(set) var message: [UInt8]?
  /// Where the gateway is: `-c`, `-u` and `-k`.
  var gateway: GatewayOptions { GatewayOptions(file: file, url: url, keyFile: keyFile) }
  /// The value of `-b`, or of `--bot`.
  private(set) var bot: [UInt8]?
  /// The value of `--user`.
  private(set) var user: [UInt8]?
  /// Whether the bot was named as what is to be deleted, by `--bot`.
  private var namesWholeBot = false
  private var url: [UInt8]?
  private var keyFile: [UInt8]?
  /// The words without a value that are there.
  private var switches: [Switch] = []
  /// Whether there is `--help` or `-h`.
  private(set) var asksForHelp = false
  /// The words that are not options.
  private(set) var names: [[UInt8]] = []
  private let topic: Command.Topic

  /// An option without a value.
  enum Switch: CaseIterable {
    case print, noSecrets, ignoreUnknown, watch, json, verbose, follow

    /// The option, the command that takes it, and another one that does.
    fileprivate var row: (word: StaticString, topic: Command.Topic, other: Command.Topic?) {
      switch self {
      case .print: ("--print", .check, nil)
      case .noSecrets: ("--no-secrets", .check, nil)
      case .ignoreUnknown: ("--ignore-unknown", .check, .run)
      case .watch: ("--watch", .status, nil)
      case .json: ("--json", .status, .version)
      case .verbose: ("-v", .chat, nil)
      case .follow: ("--follow", .trace, nil)
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
      } else if topic.readsConfiguration, word.span.hasPrefix("-c") {
        file = try Self.value(of: word, before: &rest, insteadOf: file)
      } else if topic == .test, word.span.hasPrefix("-m") {
        message = try Self.value(of: word, before: &rest, insteadOf: message)
      } else if topic.asksGateway, word.span.hasPrefix("-u") {
        url = try Self.value(of: word, before: &rest, insteadOf: url)
      } else if topic.asksGateway, word.span.hasPrefix("-k") {
        keyFile = try Self.value(of: word, before: &rest, insteadOf: keyFile)
      } else if topic == .conversations, word.span.equals("--user") {
        user = try Self.value(of: word, before: &rest, insteadOf: user, isWhole: true)
      } else if topic == .conversations, word.span.equals("--bot") {
        bot = try Self.value(of: word, before: &rest, insteadOf: bot, isWhole: true)
        namesWholeBot = true
      } else if topic == .conversations || topic == .chat, word.span.hasPrefix("-b") {
        bot = try Self.value(of: word, before: &rest, insteadOf: bot)
      } else if let option = Switch.allCases.first(where: {
        ($0.row.topic == topic || $0.row.other == topic) && word.span.equals($0.row.word)
      }) {
        switches.append(option)
      } else if word.span.hasPrefix("-"), topic != .importFile || word.count > 1 {
        throw UsageError("'\(topic.name)' has no option '\(word)'")
      } else {
        guard !word.isEmpty else { throw UsageError("an argument of '\(topic.name)' is empty") }
        names.append(word)
      }
    }
  }

  /// The value of an option: the rest of its word, unless all of that is the option, or the next word.
  private static func value(
    of word: [UInt8], before rest: inout ArraySlice<[UInt8]>, insteadOf old: [UInt8]?,
    isWhole: Bool = false
  ) throws(UsageError) -> [UInt8] {
    let option = isWhole ? word : Array(word[..<2])
    guard old == nil else { throw UsageError("\(option) is given twice") }
    guard let value = word.count > option.count ? Array(word[2...]) : rest.popFirst() else {
      throw UsageError("\(option) needs a value")
    }
    // A variable of a script that is not set, most often.
    guard !value.isEmpty || option.span.equals("-m") else {
      throw UsageError("the value of \(option) is empty")
    }
    return value
  }

  /// Throws unless the names say which conversations are to be listed, shown or deleted.
  func checkConversations() throws(UsageError) {
    guard let action = names.first, !action.span.equals("list") else {
      return try checkNames(atMost: 1)
    }
    let deletes = action.span.equals("delete")
    guard deletes || action.span.equals("show") else {
      throw UsageError("'conversations' does not take '\(action)': use list, show or delete")
    }
    try checkNames(atMost: 2)
    if names.count == 2, user == nil { return }
    // All of a bot's conversations are deleted only for `--bot`: an id that was forgotten must not mean that.
    guard names.count == 1, deletes, user != nil || namesWholeBot else {
      throw UsageError(
        deletes
          ? "'conversations delete' needs an ID, or --user USER, or --bot BOT"
          : "'conversations show' needs an ID")
    }
  }

  /// Throws unless the names say which messages are to be listed, shown, retried or dropped.
  func checkOutbox() throws(UsageError) {
    guard let action = names.first, !action.span.equals("list") else {
      return try checkNames(atMost: 1)
    }
    guard
      action.span.equals("show") || action.span.equals("retry") || action.span.equals("drop")
    else {
      throw UsageError("'outbox' does not take '\(action)': use list, show, retry or drop")
    }
    try checkNames(atMost: 2)
    if names.count < 2 { throw UsageError("'outbox \(action)' needs an ID") }
  }

  /// Throws if there are more than `count` names.
  func checkNames(atMost count: Int) throws(UsageError) {
    guard names.count > count else { return }
    throw UsageError("'\(topic.name)' does not take '\(names[count])'")
  }
}
