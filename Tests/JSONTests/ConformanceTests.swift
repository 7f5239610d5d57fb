import Foundation
import JSON
import Testing

/// The JSON test suite of Nicolas Seriot: `y_` must be accepted, `n_` refused, `i_` either.
@Suite struct ConformanceTests {
  /// Beside the project's folder, or where `POSTERN_SHARED` says.
  static let shared =
    ProcessInfo.processInfo.environment["POSTERN_SHARED"].map { URL(filePath: $0) }
    ?? URL(filePath: #filePath).appending(path: "../../../../shared").standardized

  @Test func agreesWithTheSuite() throws {
    let folder = Self.shared.appending(path: "json-test-suite/test_parsing")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    var seen: [Character: Int] = [:]
    for file in files where file.pathExtension == "json" {
      let name = file.lastPathComponent
      let text = try [UInt8](Data(contentsOf: file))
      let isValid = (try? JSONDocument(text)) != nil
      switch name.first {
      case "y": #expect(isValid, "\(name) must be accepted")
      case "n": #expect(!isValid, "\(name) must be refused")
      default: break
      }
      if let kind = name.first { seen[kind, default: 0] += 1 }
    }
    #expect(seen["y"] == 95)
    #expect(seen["n"] == 188)
    #expect(seen["i"] == 35)
  }
}
