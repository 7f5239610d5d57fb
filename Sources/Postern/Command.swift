import Bytes
import Configuration

/// What the command line asks for.
enum Command {
  case run(file: [UInt8]?)
  case check(file: [UInt8]?, prints: Bool)
  case test(file: [UInt8]?, names: [[UInt8]], message: [UInt8]?)
  case key(name: [UInt8])
  case version
  /// The manual of one command, or the list of all.
  case help(Topic?)

  /// The commands that there is help for.
  enum Topic: CaseIterable {
    case run
    case check
    case test
    case key
    case version
    case help

    init?(_ name: [UInt8]) {
      for topic in Topic.allCases where name.span.equals(topic.name) {
        self = topic
        return
      }
      return nil
    }

    var name: StaticString {
      switch self {
      case .run: "run"
      case .check: "check"
      case .test: "test"
      case .key: "key"
      case .version: "version"
      case .help: "help"
      }
    }
  }

  /// Reads the words after the program's name.
  init(_ words: [[UInt8]]) throws(UsageError) {
    guard let first = words.first else { throw UsageError("no command") }
    if first.span.equals("--version") {
      self = .version
      return
    }
    if first.span.equals("--help") || first.span.equals("-h") {
      self = .help(nil)
      return
    }
    guard let topic = Topic(first) else {
      throw UsageError("no such command: '\(first)'")
    }
    var rest = CommandWords(words.dropFirst(), of: topic)
    if rest.takeFlag("--help") || rest.takeFlag("-h") {
      self = .help(topic)
      return
    }
    switch topic {
    case .run:
      self = .run(file: try rest.takeOption("-c"))
      try rest.finish()
    case .check:
      let prints = rest.takeFlag("--print")
      self = .check(file: try rest.takeOption("-c"), prints: prints)
      try rest.finish()
    case .test:
      let file = try rest.takeOption("-c")
      let message = try rest.takeOption("-m")
      self = .test(file: file, names: try rest.takeNames(), message: message)
    case .key:
      let names = try rest.takeNames()
      let name = names.first ?? [UInt8]("default")
      guard names.count <= 1, INILine.isName(name.span) else {
        throw UsageError("'key' takes one name: 1 to 64 of a-z, 0-9, '_' and '-', first not _ or -")
      }
      self = .key(name: name)
    case .version:
      self = .version
      try rest.finish()
    case .help:
      self = .help(try rest.takeTopic())
      try rest.finish()
    }
  }
}

/// Why a command line makes no sense.
struct UsageError: Error {
  let message: Text

  init(_ message: Text) {
    self.message = message
  }
}
