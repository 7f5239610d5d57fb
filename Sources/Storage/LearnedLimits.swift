import Bytes
package import Logging
package import Platform

/// What was learned of the models' contexts, in a file beside the ring, so that it outlives a restart.
///
/// The file has a line for each integration whose limit is known. It is written, on the worker's thread, when a limit
/// changes, and when the ratio of bytes and tokens has changed by an eighth: an idle gateway never writes it.
package final class LearnedLimits {
  /// What is kept of an integration.
  package struct Entry: Equatable {
    /// The integration's id.
    package let id: [UInt8]
    /// A number for its backend and model. An entry with another number does not count.
    package let backend: UInt64
    /// The most tokens that the model takes.
    package let limit: Int
    /// Bytes for each 1024 tokens.
    package let bytesPer1024Tokens: Int

    /// An entry from its parts.
    package init(id: [UInt8], backend: UInt64, limit: Int, bytesPer1024Tokens: Int) {
      self.id = id
      self.backend = backend
      self.limit = limit
      self.bytesPer1024Tokens = bytesPer1024Tokens
    }
  }

  private let path: [UInt8]
  private let log: Log
  private let worker: BlockingWorker
  private var entries: [Entry]
  private var isWriting = false
  private var isDirty = false
  private var hasFailed = false

  /// The largest file that is read, in bytes. A larger one is not Postern's.
  private static let sizeLimit = 1 << 20

  /// Reads what is kept beside a ring. A file that is missing or damaged only means that less is known. Blocks.
  package init(besideRing ring: [UInt8], log: Log, worker: BlockingWorker) {
    path = ring + [UInt8](".learned")
    self.log = log
    self.worker = worker
    let text = (try? File.read(path, limit: Self.sizeLimit)) ?? []
    entries = text.split(separator: UInt8(ascii: "\n")).compactMap { Entry(line: $0) }
  }

  /// What is kept of an integration.
  package func entry(of id: [UInt8], backend: UInt64) -> Entry? {
    entries.first { $0.id == id && $0.backend == backend }
  }

  /// Notes what is known of an integration now.
  package func note(_ entry: Entry) {
    if let place = entries.firstIndex(where: { $0.id == entry.id }) {
      guard entries[place].differs(from: entry) else { return }
      entries[place] = entry
    } else {
      entries.append(entry)
    }
    isDirty = true
    write()
  }

  /// Writes the file, unless that is being done.
  private func write() {
    guard isDirty, !isWriting else { return }
    isDirty = false
    var text: [UInt8] = []
    for entry in entries { entry.write(to: &text) }
    let path = path
    do throws(SystemError) {
      try worker.submit { () throws(SystemError) in
        try File.replace(path, with: text)
      } then: { [self] error in
        isWriting = false
        if let error { fail(error) } else { hasFailed = false }
        write()
      }
      isWriting = true
    } catch {
      fail(error)
    }
  }

  /// Logs once that the file cannot be written.
  private func fail(_ error: SystemError) {
    guard !hasFailed else { return }
    hasFailed = true
    log.write(.warning, "limits_not_kept") { line in
      line.field("file", path)
      line.field("reason", error.reason)
      line.field(
        "message", "the limits of the models' contexts will be learned again after a restart")
    }
  }
}

extension LearnedLimits.Entry {
  /// Reads a line: the id, the backend, the limit and the ratio, separated by blanks.
  fileprivate init?(line: ArraySlice<UInt8>) {
    let words = line.split(separator: UInt8(ascii: " ")).map { Array($0) }
    let numbers = words.dropFirst().compactMap { Int(decimal: $0.span) }
    guard words.count == 4, numbers.count == 3, numbers[1] > 0, 1...1 << 30 ~= numbers[2]
    else { return nil }
    self.init(
      id: words[0], backend: UInt64(numbers[0]), limit: numbers[1], bytesPer1024Tokens: numbers[2])
  }

  fileprivate func write(to text: inout [UInt8]) {
    text += id
    for number in [Int(backend), limit, bytesPer1024Tokens] {
      text.append(UInt8(ascii: " "))
      text.append(decimal: number)
    }
    text.append(UInt8(ascii: "\n"))
  }

  /// Whether another entry says something that is worth a write.
  fileprivate func differs(from other: Self) -> Bool {
    backend != other.backend || limit != other.limit
      || abs(bytesPer1024Tokens - other.bytesPer1024Tokens) > bytesPer1024Tokens / 8
  }
}
