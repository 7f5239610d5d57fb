import TestSupport

@testable import API

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
