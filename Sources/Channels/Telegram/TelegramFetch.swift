import Bytes
import EventLoop
import Exchange
import JSON
import Platform

/// Fetches the files of a message from Telegram, one after another, and makes parts of them.
final class TelegramFetch {
  private let api: TelegramAPI
  private var files: ArraySlice<TelegramFile>
  private var content: ChannelContent
  /// How many bytes are left for files.
  private var room: Int
  private var tries = 0
  private var completion: ((ChannelContent) -> Void)?

  private static let mostTries = 3

  /// A fetch of files of at most `limit` bytes together.
  init(_ api: TelegramAPI, _ gathering: TelegramGathering, limit: Int) {
    self.api = api
    room = limit
    content = TelegramFetch.text(of: gathering)
    files = gathering.messages.flatMap { $0.files }[...]
  }

  /// The texts of messages, each in a line.
  static func text(of gathering: TelegramGathering) -> ChannelContent {
    var content = ChannelContent(text: [])
    for message in gathering.messages { content.add(line: message.text) }
    return content
  }

  /// Begins. Calls `completion` once, maybe at once, unless the channel is closed before.
  func begin(then completion: @escaping (ChannelContent) -> Void) {
    self.completion = completion
    next()
  }

  private func next() {
    tries = 0
    guard let file = files.first else {
      completion?(content)
      completion = nil
      return
    }
    guard let id = file.id(within: room) else { return leaveOut(file, "is too large") }
    find(file, id)
  }

  /// Says in the text that a file is missing.
  private func leaveOut(_ file: TelegramFile, _ reason: StaticString) {
    content.add(missing: file.file, reason)
    files.removeFirst()
    next()
  }

  private func find(_ file: TelegramFile, _ id: [UInt8]) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("file_id", string: id)
    writer.endObject()
    api.call("getFile", writer) { [self] answer in
      switch answer {
      case .ok(let found):
        guard let path = found["file_path"]?.string, TelegramFetch.isPath(path) else {
          return leaveOut(file, "cannot be fetched")
        }
        fetch(file, id, path)
      case .refused(let refusal):
        guard let seconds = refusal.retryAfterSeconds, tries < TelegramFetch.mostTries else {
          return leaveOut(file, refusal.code == 400 ? "is too large" : "cannot be fetched")
        }
        again(file, id, after: .seconds(min(max(seconds, 1), 60)))
      case .failed:
        again(file, id, after: .seconds(1 << tries))
      }
    }
  }

  private func fetch(_ file: TelegramFile, _ id: [UInt8], _ path: [UInt8]) {
    api.fetch(path, bytes: room) { [self] response in
      switch response {
      case .file(let bytes):
        room -= bytes.count
        content.add(file.file, bytes)
        files.removeFirst()
        next()
      case .failed(status: 200, _, _):
        leaveOut(file, "is too large")
      case .failed, .object:
        again(file, id, after: .seconds(1 << tries))
      }
    }
  }

  private func again(_ file: TelegramFile, _ id: [UInt8], after pause: TimeSpan) {
    tries += 1
    guard tries < TelegramFetch.mostTries, !api.service.isClosed else {
      return leaveOut(file, "cannot be fetched")
    }
    _ = api.service.services.loop.schedule(after: pause) { [self] in find(file, id) }
  }

  private static let pathMarks = [
    UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "_"),
  ]

  /// Whether a path is one that can be part of a URL as it is.
  private static func isPath(_ path: [UInt8]) -> Bool {
    !path.isEmpty && path.count < 512
      && path.allSatisfy {
        $0.isASCIILetter || $0.isASCIIDigit || TelegramFetch.pathMarks.contains($0)
      } && !path.span.containsIgnoringCase("..")
  }
}
