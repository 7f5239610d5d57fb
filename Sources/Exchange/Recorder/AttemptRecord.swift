package import Backends
import Bytes
import HTTPClient
import Platform

/// What the flight recorder has of one attempt.
package struct AttemptRecord: ~Escapable {
  package let integration: Span<UInt8>
  /// How it ended; `nil` where its client left before.
  package let outcome: Outcome?
  package let status: Int?
  /// What happened, and what to do about it; empty after a success.
  package let message: Span<UInt8>
  /// The time from the exchange's beginning to the attempt's, in milliseconds; `nil` where no request was sent.
  package let start: Int?
  /// In milliseconds.
  package let duration: Int
  /// When each phase was over, in microseconds; 0 for one that was not needed.
  package let phases: (dns: Int, connect: Int, tls: Int, firstByte: Int)
  /// The time from the attempt's beginning to the first content of its stream, in milliseconds.
  package let firstContent: Int?
  package let requestBytes: Int
  package let responseBytes: Int

  @_lifetime(copy reader)
  init(_ reader: inout RecordReader) {
    integration = reader.text()
    outcome = reader.optionalNumber().flatMap { Outcome(rawValue: $0) }
    status = reader.optionalNumber()
    message = reader.text()
    start = reader.optionalNumber()
    duration = reader.number()
    phases = (reader.number(), reader.number(), reader.number(), reader.number())
    firstContent = reader.optionalNumber()
    requestBytes = reader.number()
    responseBytes = reader.number()
  }
}

extension RecordWriter {
  /// The longest message of an attempt that is kept, in bytes.
  private static let longestMessage = 256

  /// Writes an attempt of an exchange that began at `start`.
  func put(_ report: AttemptReport, since start: Instant) {
    put(report.integration)
    put(optional: report.isCancelled ? nil : report.outcome.rawValue)
    put(optional: report.status)
    put(report.advice.bytes, limit: Self.longestMessage)
    put(optional: report.start.map { ($0 - start).milliseconds })
    put(report.milliseconds)
    put(report.timings.nameResolved)
    put(report.timings.connected)
    put(report.timings.handshakeDone)
    put(report.timings.firstByte)
    put(optional: report.firstContentMilliseconds)
    put(report.requestBytes)
    put(report.responseBytes)
  }
}
