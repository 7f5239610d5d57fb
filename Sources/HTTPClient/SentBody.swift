import Bytes
internal import CCurl

/// What a transfer sends: libcurl reads it where it is.
struct SentBody {
  private let buffer: ByteBuffer
  /// The body of which the buffer is a part; `nil` where it is all.
  private let frame: BodyFrame?
  /// How much of such a body libcurl has read.
  var position = 0

  init(_ buffer: ByteBuffer, in frame: BodyFrame?) {
    self.buffer = buffer
    self.frame = frame
  }

  /// Tells libcurl what is sent. It reads a body in a frame by `read`, and any other one from its address.
  func set(on easy: UnsafeMutableRawPointer) {
    let count = frame?.count(with: buffer.count) ?? buffer.count
    _ = ccurl_set_body(easy, frame == nil ? buffer.address : nil, curl_off_t(count))
  }

  /// Gives libcurl more of the body; CURLOPT_READFUNCTION(3).
  mutating func read(into room: UnsafeMutableRawBufferPointer) -> Int {
    guard let frame else { return 0 }
    let count = frame.copy(from: position, with: buffer, into: room)
    position += count
    return count
  }
}
