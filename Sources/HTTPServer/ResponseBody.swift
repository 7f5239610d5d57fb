internal import CMicroHTTPD
public import Bytes

/// The body of a whole response. libmicrohttpd sends it from where it is; nothing is copied.
public enum ResponseBody {
  /// Bytes in an array.
  case bytes([UInt8])
  /// A text that was put together for this response. Nothing may be appended to it any more.
  case buffer(ByteBuffer)
  /// Bytes that are part of the program.
  case constant(UnsafeBufferPointer<UInt8>)

  /// How many bytes there are.
  public var count: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .buffer(let buffer): buffer.count
    case .constant(let bytes): bytes.count
    }
  }

  /// A copy of the bytes.
  public var bytes: [UInt8] {
    switch self {
    case .bytes(let bytes): bytes
    case .buffer(let buffer): buffer.bytes
    case .constant(let bytes): bytes.span.copied
    }
  }

  /// The response as libmicrohttpd takes it, which keeps the bytes in memory; `nil` without memory for it.
  func makeResponse() -> OpaquePointer? {
    switch self {
    case .bytes(let bytes) where bytes.isEmpty:
      return MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT)
    case .bytes(let bytes):
      // An array that is never changed stays where it is.
      return bytes.withUnsafeBytes { ResponseBody.makeResponse($0, owner: ArrayOwner(bytes)) }
    case .buffer(let buffer):
      let bytes = UnsafeRawBufferPointer(start: buffer.address, count: buffer.count)
      return ResponseBody.makeResponse(bytes, owner: buffer)
    case .constant(let bytes):
      return MHD_create_response_from_buffer(
        bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_PERSISTENT)
    }
  }

  /// libmicrohttpd releases the owner once it needs the bytes no more.
  private static func makeResponse(
    _ bytes: UnsafeRawBufferPointer, owner: AnyObject
  ) -> OpaquePointer? {
    let retained = Unmanaged.passRetained(owner)
    let response = MHD_create_response_from_buffer_with_free_callback_cls(
      bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress),
      { Unmanaged<AnyObject>.fromOpaque($0!).release() }, retained.toOpaque())
    if response == nil { retained.release() }
    return response
  }

  private final class ArrayOwner {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
    }
  }
}
