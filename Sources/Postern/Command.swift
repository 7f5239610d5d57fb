import Bytes
import Configuration

/// A command with its options: the command line, read.
enum Command {
  case run(CommandWords)
  case check(CommandWords)
  case test(file: [UInt8]?, names: [[UInt8]], message: [UInt8]?)
  case key(name: [UInt8])
  case importFile([UInt8])
  case status(GatewayOptions, watches: Bool, isJSON: Bool)
  case reload(GatewayOptions)
  case chat(CommandWords)
  case trace(CommandWords)
  case conversations(CommandWords)
  case outbox(CommandWords)
  case version(isJSON: Bool)
  /// The page of one command, or the list of all.
  case help(Topic?)

  /// The commands, each with a page in the manual.
  enum Topic: CaseIterable {
    case run
    case check
    case test
    case key
    case importFile
    case status
    case chat
    case trace
    case conversations
    case outbox
    case reload
    case version
    case help

    init?(_ name: [UInt8]) {
      for topic in Topic.allCases where name.span.equals(topic.name) {
        self = topic
        return
      }
      return nil
    }

    /// Whether the command takes `-c FILE`.
    var readsConfiguration: Bool {
      self == .run || self == .check || self == .test || asksGateway
    }

    /// Whether the command talks to a running gateway: then it takes `-u URL` and `-k FILE`, too.
    var asksGateway: Bool {
      switch self {
      case .status, .chat, .trace, .conversations, .outbox, .reload: true
      case .run, .check, .test, .key, .importFile, .version, .help: false
      }
    }

    var name: StaticString {
      switch self {
      case .run: "run"
      case .check: "check"
      case .test: "test"
      case .key: "key"
      case .importFile: "import"
      case .status: "status"
      case .chat: "chat"
      case .trace: "trace"
      case .conversations: "conversations"
      case .outbox: "outbox"
      case .reload: "reload"
      case .version: "version"
      case .help: "help"
      }
    }
  }

  /// Reads the words after the program's name.
  init(_ words: [[UInt8]]) throws(UsageError) {
    guard let first = words.first else { throw UsageError("a command is missing") }
    if first.span.equals("--version") {
      self = .version(isJSON: false)
      return
    }
    if first.span.equals("--help") || first.span.equals("-h") {
      self = .help(nil)
      return
    }
    let topic = try Command.topic(first)
    let rest = try CommandWords(words.dropFirst(), of: topic)
    if rest.asksForHelp {
      self = .help(topic)
      return
    }
    switch topic {
    case .run:
      try rest.checkNames(atMost: 0)
      self = .run(rest)
    case .check:
      try rest.checkNames(atMost: 0)
      self = .check(rest)
    case .test:
      if rest.message?.isEmpty == true {
        throw UsageError("the message after -m is empty; write one, or leave out -m")
      }
      self = .test(file: rest.file, names: rest.names, message: rest.message)
    case .key:
      let name = rest.names.first ?? [UInt8]("default")
      guard rest.names.count <= 1 else { throw UsageError("'key' takes one name") }
      guard SectionName.isName(name.span) else {
        throw UsageError("the argument of 'key' is not a valid name; \(SectionName.rule)")
      }
      self = .key(name: name)
    case .status:
      try rest.checkNames(atMost: 0)
      self = .status(rest.gateway, watches: rest.has(.watch), isJSON: rest.has(.json))
    case .chat:
      try rest.checkNames(atMost: 1)
      self = .chat(rest)
    case .trace:
      try rest.checkNames(atMost: rest.has(.follow) ? 0 : 1)
      self = .trace(rest)
    case .conversations:
      try rest.checkConversations()
      self = .conversations(rest)
    case .outbox:
      try rest.checkOutbox()
      self = .outbox(rest)
    case .reload:
      try rest.checkNames(atMost: 0)
      self = .reload(rest.gateway)
    case .importFile:
      try rest.checkNames(atMost: 1)
      guard let file = rest.names.first else {
        throw UsageError("'import' needs the file to import; - is standard input")
      }
      self = .importFile(file)
    case .version:
      try rest.checkNames(atMost: 0)
      self = .version(isJSON: rest.has(.json))
    case .help:
      try rest.checkNames(atMost: 1)
      self = .help(try rest.names.first.map(Command.topic))
    }
  }

  private static func topic(_ name: [UInt8]) throws(UsageError) -> Topic {
    guard let topic = Topic(name) else { throw UsageError("'\(name)' is not a command") }
    return topic
  }
}

/// Why a command line is invalid.
struct UsageError: Error {
  let message: Text

  init(_ message: Text) {
    self.message = message
  }
}
