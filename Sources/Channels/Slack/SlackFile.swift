import Bytes
import JSON

/// A file that came with a message in Slack; https://api.slack.com/types/file
struct SlackFile {
  let file: ChannelFile
  /// Where it is; `nil` for one that the bot may not see.
  let url: [UInt8]?
  let bytes: Int

  /// Reads an element of `files`.
  init(_ file: JSONValue) {
    let given = file["mimetype"]?.string
    let type = given.flatMap { $0.isIdentifier ? $0 : nil } ?? [UInt8]("application/octet-stream")
    let kind: ChannelFile.Kind =
      if type.span.hasPrefixIgnoringCase("image/") {
        .image
      } else if type.span.hasPrefixIgnoringCase("audio/") {
        .audio
      } else {
        .document
      }
    self.file = ChannelFile(kind: kind, type: type, name: file["name"]?.string)
    url = file["url_private"]?.string
    bytes = file["size"]?.integer ?? 0
  }

  /// Why a bot does not get it; `nil` for one to fetch. `api` is the URL of Slack's methods: the token goes to Slack's own
  /// host, and to `files.` of it, only.
  func fault(within room: Int, api: [UInt8]) -> StaticString? {
    if file.type.span.hasPrefixIgnoringCase("video/") { return "is a video, which is left out" }
    if bytes > room { return "is too large" }
    guard let url, url.count < 2048, url.allSatisfy({ $0.isVisibleASCII }),
      let start = api.span.position(after: "://")
    else { return "cannot be fetched" }
    let end = api.span.firstIndex(of: UInt8(ascii: "/"), from: start) ?? api.count
    let (scheme, host) = (api[..<start], api[start..<end] + [UInt8(ascii: "/")])
    let isSlack =
      url.starts(with: scheme + host) || url.starts(with: scheme + [UInt8]("files.") + host)
    return isSlack ? nil : "cannot be fetched"
  }
}

extension Span<UInt8> {
  /// The position after the first of these texts.
  fileprivate func position(after text: StaticString) -> Int? {
    var start = 0
    while start + text.utf8CodeUnitCount <= count {
      if extracting(start..<count).hasPrefix(text) { return start + text.utf8CodeUnitCount }
      start += 1
    }
    return nil
  }
}
