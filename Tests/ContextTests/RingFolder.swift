import Bytes
import Foundation
import Platform
import TestSupport

@testable import Context

/// A folder of one test's own with a ring in it, removed at the end of its lifetime.
final class RingFolder {
  private let folder = try! TemporaryFolder()

  var path: String { folder.path }

  var ringPath: String { folder.file("context.ring") }

  var names: [String] { try! folder.names }

  /// The ring's file.
  var contents: [UInt8] {
    get { try! folder.contents(of: "context.ring") }
    set { try! folder.write(newValue, to: "context.ring") }
  }

  func open(_ byteCount: Int = 8192, at path: String? = nil) throws(RingFileError) -> OpenedRing {
    try OpenedRing.open(
      Array((path ?? ringPath).utf8), byteCount: byteCount, key: TestRing.key)
  }

  /// Makes a ring with `turns` turns, and releases it.
  func fill(_ byteCount: Int = 8192, turns: Int = 10) throws {
    let opened = try open(byteCount)
    for turn in 0..<turns { try opened.append("c\(turn % 2)", "\(turn)") }
  }
}

extension OpenedRing {
  /// Appends a turn: a message, and a reply that is the message twice.
  func append(
    _ conversation: String, _ said: String, by userID: String = "user"
  ) throws(ContextError) {
    let bot = Array("bot".utf8)
    let conversation = Array(conversation.utf8)
    try resident.ring.append(
      to: ConversationIdentity(bot: bot.span, conversation: conversation.span),
      user: Array(said.utf8).span, reply: Array((said + said).utf8).span,
      integration: Array("echo".utf8).span, userID: Array(userID.utf8).span, at: 7)
  }

  /// The messages of a conversation; `?` for a reply that belongs to another message.
  func said(_ conversation: String) -> [String] {
    let bot = Array("bot".utf8)
    let conversation = Array(conversation.utf8)
    var said: [String] = []
    resident.ring.recall(
      ConversationIdentity(bot: bot.span, conversation: conversation.span), turns: 100
    ) { role, content in
      let content = String(decoding: content.copied, as: UTF8.self)
      if role == .user {
        said.append(content)
      } else if content != said.last! + said.last! {
        said.append("?")
      }
    }
    return said
  }

  func delete(_ conversation: String) -> Bool {
    resident.ring.delete(.conversation(Array(conversation.utf8), bot: Array("bot".utf8))) == 1
  }

  /// The findings in a few words.
  var found: [String] { findings.map(\.brief) }
}

extension RingFinding {
  fileprivate var brief: String {
    switch self {
    case .created: "created"
    case .upgraded: "upgraded"
    case .recovered(let recovery): "recovered, lost \(recovery.lostTurns)"
    case .wrongLength(let file, let ring): "wrong length \(file), not \(ring)"
    case .converted(let from, let kept, let left): "converted from \(from): \(kept), not \(left)"
    case .notGrown(let byteCount, let error): "not grown: \(byteCount), \(error.call) \(error.code)"
    case .unreadable(let error, let other):
      "unreadable: \(String(decoding: error.message.bytes, as: UTF8.self))"
        + (other.isEmpty
          ? "" : "; " + String(decoding: other.split(separator: 47).last!, as: UTF8.self))
    case .memoryOnly(let error): "memory only: \(error.call) \(error.code)"
    }
  }
}

extension ResidentRing {
  /// A copy of its memory.
  var contents: [UInt8] { Array(UnsafeRawBufferPointer(block.memory)) }
}
