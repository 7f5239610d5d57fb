import Foundation
import Testing

@testable import Documentation

@Suite struct DocumentTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The committed files are what the tables generate.
  @Test(arguments: Document.allCases)
  func isUpToDate(document: Document) throws {
    let committed = try String(
      contentsOf: Self.root.appending(path: document.path), encoding: .utf8)
    #expect(committed == document.text, "\(document.path) is out of date: run scripts/document")
  }

  @Test func noLineOfTheSampleIsTooWide() {
    for line in ConfigurationSample.text.split(separator: "\n") {
      #expect(line.count <= 100, "\(line)")
    }
  }
}
