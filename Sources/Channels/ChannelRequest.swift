import Bytes
package import Exchange
import Platform

/// What a service has posted to a channel.
package struct ChannelRequest {
  /// The body.
  package let body: [UInt8]
  /// The id of the request, for the log.
  package let id: [UInt8]
  private let field: (StaticString) -> [UInt8]?

  /// A request with a function that has the values of its header fields.
  package init(body: [UInt8], id: [UInt8], field: @escaping (StaticString) -> [UInt8]?) {
    self.body = body
    self.id = id
    self.field = field
  }

  /// The value of a header field.
  func field(_ name: StaticString) -> [UInt8]? { field(name) }

  /// How far from now a signature's time may be, in seconds.
  private static let tolerance = 300

  /// The value of a field with a time in seconds since 1970 that is near enough to now; `nil` for any other.
  func currentTime(_ name: StaticString) -> [UInt8]? {
    guard let text = field(name), let seconds = Int(decimal: text.span) else { return nil }
    let now = Int(WallTime.now.milliseconds / 1000)
    return (now - ChannelRequest.tolerance...now + ChannelRequest.tolerance).contains(seconds)
      ? text : nil
  }
}

/// What a channel answers to a request.
package enum ChannelResponse {
  /// It is done, or there is nothing to do.
  case accepted
  /// The text that shows that the address is right.
  case challenge([UInt8])
  /// The body is a message, which goes to the outbox under this key.
  case message(key: [UInt8])
  /// The signature is missing, wrong or too old.
  case unsigned
  /// The message is not taken.
  case refused(SubmissionRefusal)
}
