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
      SlackFile.isOfSlack(url.span, api.span)
    else { return "cannot be fetched" }
    return nil
  }

  private static func isOfSlack(_ url: Span<UInt8>, _ api: Span<UInt8>) -> Bool {
    guard let colon = api.firstIndex(of: UInt8(ascii: ":")) else { return false }
    // After `://`.
    let start = colon + 3
    let end = api.firstIndex(of: UInt8(ascii: "/"), from: start) ?? api.count
    guard end <= url.count, url.extracting(first: start).equals(api.extracting(first: start)) else {
      return false
    }
    var rest = url.extracting(start..<url.count)
    if rest.hasPrefix("files.") { rest = rest.extracting(6..<rest.count) }
    let count = end - start
    return rest.count > count && rest[count] == UInt8(ascii: "/")
      && rest.extracting(first: count).equals(api.extracting(start..<end))
  }
}
