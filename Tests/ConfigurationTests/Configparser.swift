import Foundation
import Testing

/// What Python's configparser reads from files, each in the form of
/// `Tests/Reference/configparser-lines`.
func configparser(_ files: [[UInt8]]) throws -> [ArraySlice<UInt8>] {
  let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Reference/configparser-lines")
  let input = FileManager.default.temporaryDirectory
    .appending(path: "postern-configparser-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: input) }
  try Data(files.flatMap { Array("\($0.count)\n".utf8) + $0 }).write(to: input)
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["python3", script.path]
  process.standardInput = try FileHandle(forReadingFrom: input)
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let text = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  #expect(process.terminationStatus == 0)
  return Array(text).split(separator: 0x1E, omittingEmptySubsequences: false).dropLast()
}
