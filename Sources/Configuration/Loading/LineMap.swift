import Bytes

/// The files of a configuration, lowest first, whose lines are numbered through.
///
/// A later line is one of a file that counts more, or of the same file. Where a configuration has one file only, numbers
/// are the lines of that file.
struct LineMap {
  /// A file: its path, and the number of lines before its first one.
  private struct File {
    /// `nil` for the configuration file itself.
    let path: [UInt8]?
    let start: Int
  }

  private var files: [File] = []
  private let name: [UInt8]

  /// The map of a configuration file with this name, which has no lines yet.
  init(name: [UInt8]) {
    self.name = name
  }

  /// Whether there are other files than the configuration file itself.
  var hasLayers: Bool { files.count > 1 }

  /// Adds a file after `count` lines of those before it; `path` is `nil` for the configuration file itself.
  mutating func add(_ path: [UInt8]?, after count: Int) {
    files.append(File(path: path, start: count))
  }

  /// The number of lines before the file that a line is in.
  @inline(never)
  func start(of line: Int) -> Int { file(of: line).start }

  /// The path of a line's file, `nil` for the configuration file itself, and the number that the line has there.
  @inline(never)
  func place(of line: Int) -> (path: [UInt8]?, line: Int) {
    let file = file(of: line)
    return (file.path, line - file.start)
  }

  /// Whether a line is in the configuration file itself.
  func isOwn(_ line: Int) -> Bool { file(of: line).path == nil }

  /// Whether a line is in a file over the configuration file, so that its value cannot be changed there.
  func isAbove(_ line: Int) -> Bool {
    let own = files.first { $0.path == nil }?.start ?? 0
    return file(of: line).start > own
  }

  /// A line as `FILE:LINE`.
  @inline(never)
  func name(of line: Int) -> Text {
    let place = place(of: line)
    return "\(place.path ?? name):\(place.line)"
  }

  /// A line as a message about another line names it: `line 3`, or `FILE:3` if the file is another one.
  @inline(never)
  func reference(to line: Int, from other: Int) -> Text {
    start(of: line) == start(of: other) ? "line \(place(of: line).line)" : name(of: line)
  }

  private func file(of line: Int) -> File {
    files.last { $0.start < line } ?? files.first ?? File(path: nil, start: 0)
  }
}
