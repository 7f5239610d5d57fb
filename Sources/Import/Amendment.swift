import Bytes
import Configuration

/// Makes a file valid whatever was imported: what Postern refuses becomes a comment.
enum Amendment {
  /// The file's lines, without errors.
  static func amended(_ lines: [[UInt8]]) -> [[UInt8]] {
    var lines = lines
    // Each round removes the errors that it finds; removing a section may make others needless.
    for _ in 0..<8 {
      let report = Configuration.load(text(lines), from: sources)
      var changed: [[UInt8]] = []
      var isLeftOut = false
      for (index, line) in lines.enumerated() {
        let isSection = line.first == UInt8(ascii: "[")
        let finding = report.findings.first { $0.line == index + 1 && $0.severity == .error }
        var error = finding?.message
        if error == nil, isIdleBot(line, lines) { error = "no integration of the bot is left" }
        if isSection { isLeftOut = error != nil }
        if let error {
          changed.append(ImportedSection.comment(("left out: \(error)" as Text).bytes))
        }
        let isKept = line.isEmpty || line.first == UInt8(ascii: "#") || error == nil && !isLeftOut
        changed.append(isKept ? line : ImportedSection.comment(masked(line)))
      }
      if changed.count == lines.count { break }
      lines = changed
    }
    return lines
  }

  /// Whether a line begins a bot that no integration names: it would answer with its user's messages.
  private static func isIdleBot(_ line: [UInt8], _ lines: [[UInt8]]) -> Bool {
    line.begins(with: "[bot ")
      && !lines.contains([UInt8]("bot = ") + line.dropFirst(5).dropLast())
  }

  /// A line that is left out, without what may be a secret in it: comments are passed on with less care.
  ///
  /// Header fields keep references to variables. URLs are hidden that have a user, a query or a fragment.
  private static func masked(_ line: [UInt8]) -> [UInt8] {
    guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return line }
    let value = Array(line.dropFirst(equals + 2))
    let isHidden =
      line.begins(with: "header.")
      ? !value.begins(with: "${") && !value.begins(with: "Bearer ${")
      : line.begins(with: "webhook_url")
        && value.contains {
          $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
        }
    return isHidden ? line[...equals] + [UInt8](" ****") : line
  }

  /// Lines as a file.
  static func text(_ lines: [[UInt8]]) -> [UInt8] {
    var text: [UInt8] = []
    for line in lines {
      text += line
      text.append("\n")
    }
    return text
  }

  /// Nothing of this host: the file is for wherever the gateway runs.
  private static var sources: ConfigurationSources {
    ConfigurationSources(
      environment: { _ in nil }, file: { _, _ in .unreadable(reason: []) }, leavesUnresolved: true)
  }
}
