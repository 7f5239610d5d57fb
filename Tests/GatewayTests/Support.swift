import Configuration
import HTTPServer
import JSON
import Testing

@testable import Gateway

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// A configuration from its text.
func configuration(_ text: String) throws -> Configuration {
  let report = Configuration.load(
    bytes(text),
    from: ConfigurationSources(environment: { _ in nil }, file: { _, _ in .unreadable(reason: []) })
  )
  return try #require(
    report.configuration, "\(report.findings.map { "\($0.line): \($0.message)" })")
}

extension APIError {
  /// The response in a few words: `STATUS type code param`.
  var brief: String {
    let parameter = parameter.map { " " + text($0) } ?? ""
    return "\(status) \(code.kind.name) \(code.name)\(parameter)"
  }

  /// The value of a field of the response.
  func field(_ name: String) -> String? {
    fields.first { "\($0.name)" == name }.map { text($0.value) }
  }
}
