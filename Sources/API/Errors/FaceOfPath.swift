import Bytes
import HTTPServer
import Protocols

/// The interface of errors. The path decides, so that it is known before everything else.
extension Face {
  private static let pathsOfOpenAI: [StaticString] = [
    "chat", "embeddings", "completions", "moderations", "audio",
  ]

  /// The face for a request; the native one where there is no request.
  init(for request: Request?) {
    self.init(request?.target?.segments, isAnthropic: { request?.isAnthropic == true })
  }

  /// The face for a path. Models are listed for both vendors; the version field tells Anthropic's clients apart.
  init(_ segments: PathSegments?, isAnthropic: () -> Bool) {
    self = .native
    guard let segments, segments.count > 1, segments[0].equals("v1") else { return }
    let name = segments[1]
    if name.equals("messages") {
      // Messages that wait are Postern's own.
      let isOwn = segments.count > 2 && segments[2].hasPrefix("msg_")
      self = isOwn ? .native : .anthropic
    } else if name.equals("models") {
      self = isAnthropic() ? .anthropic : .openai
    } else if Face.pathsOfOpenAI.contains(where: { name.equals($0) }) {
      self = .openai
    } else if name.equals("responses") {
      self = .responses
    }
  }
}
