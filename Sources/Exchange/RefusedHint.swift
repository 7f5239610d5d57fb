import Backends
import Bytes
import HTTPClient
import Protocols

extension SentHints.Part {
  /// Why the backend refuses a request with this body, if it is something that can be left out or named in another way:
  /// that a stream is to report its usage, an effort that Postern has translated, or the older name of the limit.
  init?(refusedBy result: TransferResult, to order: borrowing Attempt.Order, body: ByteBuffer?) {
    guard result.status == 400 || result.status == 422, let request = body?.bytes else {
      return nil
    }
    let words = result.body
    if order.purpose == .chat, words.span.containsIgnoringCase("stream_options"),
      request.span.containsIgnoringCase("\"stream_options\":")
    {
      self = .usage
    } else if order.integration.dialect == .openai,
      words.span.containsIgnoringCase("use 'max_completion_tokens'"),
      request.span.containsIgnoringCase("\"max_tokens\":")
    {
      self = .olderLimit
    } else if order.face != .native, order.integration.dialect?.isSpoken(by: order.face) == false,
      words.span.containsIgnoringCase("effort"), request.span.containsIgnoringCase("effort\":")
    {
      self = .effort
    } else {
      return nil
    }
  }
}
