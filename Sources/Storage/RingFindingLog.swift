import Bytes
import Context
import Logging
import Platform

/// Logs what was found when a ring was opened.
extension Log {
  func write(_ finding: RingFinding, of path: [UInt8]) {
    write(finding.level, finding.event) { line in
      line.field("file", path)
      finding.write(to: &line)
    }
  }
}

extension RingFinding {
  fileprivate var level: LogLevel {
    switch self {
    case .created, .converted, .upgraded: .info
    case .recovered, .wrongLength, .notGrown: .warning
    case .unreadable, .memoryOnly: .error
    }
  }

  fileprivate var event: StaticString {
    switch self {
    case .created: "context_created"
    case .upgraded: "context_upgraded"
    case .recovered: "context_recovered"
    case .wrongLength: "context_wrong_length"
    case .converted: "context_converted"
    case .notGrown: "context_not_grown"
    case .unreadable: "context_unreadable"
    case .memoryOnly: "context_memory_only"
    }
  }

  fileprivate func write(to line: inout LogLine) {
    switch self {
    case .created: break
    case .upgraded:
      line.field(
        "message", "the file has a new format; earlier versions of Postern cannot read it")
    case .recovered(let recovery):
      line.field("turns", recovery.turns)
      line.field("lost_turns", recovery.lostTurns)
      line.field("erased_bytes", recovery.erasedBytes)
      line.field(
        "message",
        "records that a crash cut off, or that are damaged, were erased: at least lost_turns")
    case .wrongLength(let fileByteCount, let ringByteCount):
      line.field("bytes", fileByteCount)
      line.field("expected_bytes", ringByteCount)
      line.field("message", "the file was cut off or appended to; its whole records are used")
    case .converted(let fromByteCount, let kept, let left):
      line.field("from_bytes", fromByteCount)
      line.field("turns", kept)
      line.field("left_turns", left)
    case .notGrown(let byteCount, let error):
      line.field("reason", "\(error.call): \(error.reason)")
      line.field("bytes", byteCount)
      line.field("message", "the ring keeps its size until the next start")
    case .unreadable(let error, let other):
      line.field("reason", error.message)
      if !other.isEmpty { line.field("kept_as", other) }
    case .memoryOnly(let error):
      line.field("reason", "\(error.call): \(error.reason)")
      line.field(
        "message",
        "conversations are only in memory until the next start, and are lost when the process ends")
    }
  }
}
