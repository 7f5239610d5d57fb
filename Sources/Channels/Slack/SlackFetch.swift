import Bytes
import EventLoop
import Exchange
import Platform

/// Fetches the files of messages from Slack, one after another, and makes parts of them.
final class SlackFetch {
  private let service: ServiceClient
  private let settings: (token: [UInt8], url: [UInt8])
  private let files: [SlackFile]
  /// The number of the next file.
  private var position = 0
  private var content: ChannelContent
  /// How many bytes are left for files.
  private var room: Int
  private var tries = 0
  private let completion: (ChannelContent) -> Void

  private static let mostTries = 3

  /// A fetch of files of at most `limit` bytes together. The completion is called once, maybe at once.
  init(
    _ files: [SlackFile], _ content: ChannelContent, limit: Int, _ service: ServiceClient,
    token: [UInt8], api: [UInt8], then completion: @escaping (ChannelContent) -> Void
  ) {
    self.files = files
    self.content = content
    room = limit
    self.service = service
    settings = (token, api)
    self.completion = completion
  }

  func begin() {
    tries = 0
    guard position < files.count else { return completion(content) }
    let next = files[position]
    if let fault = next.fault(within: room, api: settings.url) { return leaveOut(next, fault) }
    fetch(next)
  }

  private func leaveOut(_ file: SlackFile, _ reason: StaticString) {
    content.add(missing: file.file, reason)
    position += 1
    begin()
  }

  private func fetch(_ next: SlackFile) {
    service.fetch(next.url ?? [], authorization: settings.token, bytes: room) { [self] response in
      switch response {
      // Without the permission files:read the answer is a page for people.
      case .file(let bytes) where bytes.span.hasPrefixIgnoringCase("<!doctype"):
        leaveOut(next, "cannot be fetched")
      case .file(let bytes):
        room -= bytes.count
        content.add(next.file, bytes)
        position += 1
        begin()
      case .failed(status: 200, _, _): leaveOut(next, "is too large")
      case .failed(let status, _, _): again(next, status)
      case .object: leaveOut(next, "cannot be fetched")
      }
    }
  }

  private func again(_ file: SlackFile, _ status: Int) {
    tries += 1
    guard tries < SlackFetch.mostTries, status == 0 || status == 429 || status >= 500,
      !service.isClosed
    else { return leaveOut(file, "cannot be fetched") }
    _ = service.services.loop.schedule(after: .seconds(tries)) { [self] in fetch(file) }
  }
}
