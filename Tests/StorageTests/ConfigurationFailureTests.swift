import Configuration
import Foundation
import TestSupport
import Testing

@testable import Platform
@testable import Storage

/// Saves whose system calls fail.
@Suite struct ConfigurationFailureTests {
  private static let old = bytes("[bot a]\nwindow = 1\n")
  private static let new = bytes("[bot a]\nwindow = 2\n")

  /// Each call fails once. The file is old or new, and `Saved` and `Failure` say which.
  @Test(arguments: [EIO, ENOSPC, EACCES])
  func saysWhetherItHasSaved(code: Int32) throws {
    var failures: Set<String> = []
    var calls = 0
    while calls < 200 {
      let folder = try TemporaryFolder(inMemory: true)
      let path = try folder.write(Self.old, to: "conf")
      let queue = SystemCalls.InjectionQueue(
        Array(repeating: .atMost(1000), count: calls) + [.failure(code)])
      do {
        let saved = try SystemCalls.$queue.withValue(queue) { try save(to: path) }
        #expect(try folder.contents(of: "conf") == Self.new, "call \(calls)")
        #expect(saved.text == Self.new)
        if saved.unconfirmed != nil { failures.insert("unconfirmed") }
      } catch let failure as ConfigurationStore.Failure {
        #expect(try folder.contents(of: "conf") == Self.old, "call \(calls)")
        failures.insert(name(failure))
      }
      if !queue.injections.isEmpty { break }
      calls += 1
    }
    #expect(calls < 200)
    let writing = code == ENOSPC ? "full" : code == EACCES ? "not writable" : "failed"
    #expect(failures.isSuperset(of: ["unreadable", writing]))
  }

  /// A plan that returns `nil` changes nothing.
  @Test func aPlanCanDecline() throws {
    let folder = try TemporaryFolder(inMemory: true)
    let path = try folder.write(Self.old, to: "conf")
    let error = #expect(throws: ConfigurationStore.Failure.self) {
      try ConfigurationStore.save(to: bytes(path), from: sources) { _ in nil }
    }
    #expect(error.map(name) == "declined")
    #expect(try folder.contents(of: "conf") == Self.old)
  }

  private func save(to path: String) throws -> ConfigurationStore.Saved {
    let change = ConfigurationChange.set(
      SectionName(.bot, bytes("a")), key: bytes("window"), value: bytes("2"))
    return try ConfigurationStore.save([change], to: bytes(path), from: sources)
  }

  private var sources: ConfigurationSources {
    ConfigurationSources(environment: { _ in nil }, file: { _, _ in .unreadable(reason: []) })
  }

  private func name(_ failure: ConfigurationStore.Failure) -> String {
    switch failure {
    case .unreadable: "unreadable"
    case .edit: "edit"
    case .notWritable: "not writable"
    case .full: "full"
    case .failed: "failed"
    case .raced: "raced"
    case .declined: "declined"
    }
  }
}
