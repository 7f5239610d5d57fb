import Configuration
import Foundation
import Storage
import Platform

/// For scripts/save-crashes: cleans up, and then changes a configuration file again and again, as a
/// gateway does. Writes each value to standard output after it is saved.
@main enum SaveLoop {
  static func main() {
    do {
      try run()
    } catch {
      say("\(error)")
      exit(1)
    }
  }

  private static func run() throws {
    let path = Array(CommandLine.arguments[1].utf8)
    var value = Int(CommandLine.arguments[2])!
    // There may be no file at the moment.
    if case .kept(let other) = try? FileReplacement.cleanUp(after: path) {
      say("kept \(String(decoding: other, as: UTF8.self))")
    }
    let sources = ConfigurationSources(
      environment: { _ in nil }, file: { _, _ in .unreadable(reason: Array("none".utf8)) })
    while true {
      value += 1
      let change = ConfigurationChange.set(
        SectionName(.limits), key: Array("in_flight".utf8), value: Array("\(value)".utf8))
      _ = try ConfigurationStore.save([change], to: path, from: sources)
      say("\(value)")
    }
  }

  private static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
  }
}
