import Foundation

/// What `postern help` says, read for the man page and the completions.
///
/// The executable that was built with this program says it, so that the documents have the texts and the options that
/// users see.
struct CommandHelp {
  /// A command, with the words that it takes.
  struct Command {
    let name: String
    /// The line of the overview.
    let summary: String
    /// How it is written, without `postern`: `run [-c FILE]`; one line or more.
    let usages: [String]
    /// The rest of its page.
    let text: String
  }

  /// The commands, in the order of the overview.
  let commands: [Command]
  /// What the overview says after the commands.
  let notes: String
  /// What `postern version` says.
  let version: String

  /// What the executable in the folder of this process says.
  static let current = CommandHelp()

  private init() {
    version = Self.output("version").trimmingCharacters(in: .whitespacesAndNewlines)
    let overview = Self.output("help").components(separatedBy: "\n\n")
    commands = overview[1].split(separator: "\n").compactMap { Self.command($0) }
    notes = overview.dropFirst(2).joined(separator: "\n\n")
  }

  /// The command that a line of the overview is about: its usage, and after at least two blanks its summary.
  private static func command(_ line: Substring) -> Command? {
    let columns = String(line).components(separatedBy: "  ").filter { !$0.isEmpty }
    let words = columns[0].split(separator: " ")
    guard let index = words.firstIndex(of: "postern"), index + 1 < words.count else { return nil }
    let name = String(words[index + 1])
    let parts = output("help", name).components(separatedBy: "\n\n")
    let usages = parts[0].components(separatedBy: "postern ").dropFirst().map {
      $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return Command(
      name: name, summary: columns.last!.trimmingCharacters(in: .whitespaces), usages: usages,
      text: parts.dropFirst().joined(separator: "\n\n"))
  }

  /// The folder of Swift's libraries, which SwiftPM does not tell every executable.
  private static var libraries: String {
    // The file has no size, so it is read to its end.
    let maps = FileHandle(forReadingAtPath: "/proc/self/maps")?.readDataToEndOfFile() ?? Data()
    let path = String(decoding: maps, as: UTF8.self)
      .firstMatch(of: #/(/.*)/libswiftCore\.so/#)?.output.1
    return String(path ?? "")
  }

  private static func output(_ arguments: String...) -> String {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let process = Process()
    process.executableURL = own.deletingLastPathComponent().appending(path: "postern")
    process.arguments = arguments
    process.environment = ["LD_LIBRARY_PATH": libraries]
    let pipe = Pipe()
    process.standardOutput = pipe
    do { try process.run() } catch { fatalError("postern cannot be run: \(error)") }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "postern \(arguments) failed")
    return String(decoding: output, as: UTF8.self)
  }
}

extension CommandHelp.Command {
  /// An option, and what its value is called if it takes one.
  struct Option: Equatable {
    let name: String
    let value: String?
  }

  /// The words of the usages, without brackets and bars.
  private var words: [Substring] {
    usages.flatMap { $0.split { " []|".contains($0) }.dropFirst() }
  }

  /// The options of the usages, each once.
  var options: [Option] {
    var options: [Option] = []
    for (index, word) in words.enumerated() where word.hasPrefix("-") {
      let next = index + 1 < words.count ? words[index + 1] : ""
      let isValue = next.first?.isUppercase == true && !isOptional(next, after: word)
      let option = Option(name: String(word), value: isValue ? String(next) : nil)
      if !options.contains(option) { options.append(option) }
    }
    return options
  }

  /// Whether a bracket is between an option and the next word: then that is not its value.
  private func isOptional(_ next: Substring, after option: Substring) -> Bool {
    !usages.contains { $0.contains("\(option) \(next)") }
  }

  /// The words that may follow the command as they are.
  var literals: [String] {
    var literals: [String] = []
    for word in words where word.first?.isLowercase == true && !literals.contains(String(word)) {
      literals.append(String(word))
    }
    return literals
  }
}
