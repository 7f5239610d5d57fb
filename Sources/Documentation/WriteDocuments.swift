import Foundation

/// Writes every ``Document`` into the repository that is the working directory.
///
/// With `--check` it writes nothing, names the files that differ on standard error, and exits with 1 if
/// there are any.
@main
enum WriteDocuments {
  static func main() throws {
    let isCheck = CommandLine.arguments.dropFirst() == ["--check"]
    guard isCheck || CommandLine.arguments.count == 1 else {
      complain("usage: scripts/document [--check]")
      exit(2)
    }
    var isStale = false
    for document in Document.allCases {
      let file = URL(filePath: document.path)
      let text = Data(document.text.utf8)
      if (try? Data(contentsOf: file)) == text { continue }
      if isCheck {
        complain("\(document.path) is out of date: run scripts/document")
        isStale = true
      } else {
        try text.write(to: file)
        print("wrote \(document.path)")
      }
    }
    if isStale { exit(1) }
  }

  private static func complain(_ message: String) {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
  }
}
