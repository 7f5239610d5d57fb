import Foundation
import Testing

@testable import API
@testable import Documentation

@Suite struct OpenAPITests {
  private static let file = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "docs/openapi.json")

  /// Names the endpoint whose description is missing, and the description whose endpoint is.
  @Test func describesEveryEndpoint() throws {
    let described = EndpointDescription.all.map(\.name)
    for endpoint in Endpoint.all {
      let count = described.count { $0 == "\(endpoint.name)" }
      #expect(count == 1, "\(endpoint.name) has \(count) rows in EndpointDescription.all")
    }
    for name in described {
      #expect(
        Endpoint.all.contains { "\($0.name)" == name }, "\(name) has no row in Endpoint.all")
    }
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(OpenAPIDocument.text.utf8)) as? [String: Any])
    let paths = try #require(document["paths"] as? [String: [String: Any]])
    for endpoint in Endpoint.all {
      let operation = paths["\(endpoint.path.text)"]?["\(endpoint.method.name)".lowercased()]
      let name = (operation as? [String: Any])?["operationId"] as? String
      #expect(name == "\(endpoint.name)", "docs/openapi.json lacks \(endpoint.name)")
    }
    #expect(paths.values.reduce(0) { $0 + $1.count } == Endpoint.all.count)
  }

  /// In the document, at each of its statuses, and in docs/http.md.
  @Test func describesEveryError() throws {
    let table = try String(
      contentsOf: Self.file.deletingLastPathComponent().appending(path: "http.md"), encoding: .utf8
    ).split(separator: "\n").filter { $0.hasPrefix("| ") }
    let document = OpenAPIDocument.text.split(separator: "\n")
    for code in ErrorCode.allCases {
      for status in code.statuses {
        let response = document.first { $0.hasPrefix("\"\(status)\":") }
        #expect(response?.contains("\"const\":\"\(code.name)\"") == true, "\(status) \(code.name)")
        let row = table.first {
          $0.dropFirst(2).prefix { $0 != "|" }.contains("\(status)")
            && $0.contains("| `\(code.kind.name)` |") && $0.contains("`\(code.name)`")
        }
        #expect(row != nil, "docs/http.md lacks \(status) \(code.name)")
      }
    }
  }
}
