public import Bytes
internal import CCurl
public import Platform

/// What a finished transfer brought.
public struct TransferResult {
  /// Why it failed; `nil` means only that libcurl saw nothing wrong. Whether a body is whole is for its own
  /// syntax to say: a body without a declared length ends with the connection, also where the backend died.
  public var failure: TransferFailure?
  /// The status code, 0 if no response's header section came whole.
  public var status: Int
  /// The body, or what there is of it.
  public var body: [UInt8]
  /// How long the backend asks to be left alone, by Retry-After (RFC 9110 section 10.2.3), never negative; `nil` where
  /// it does not say so, or not understandably.
  public var retryAfter: TimeSpan?
  /// Whether the backend says by `x-should-retry` that the same request would only fail again.
  public var forbidsRetry = false
  /// Whether the response says where its body ends.
  public var isDelimited = true
  /// Whether it was asked over https.
  public var usesTLS = true
  /// How long the phases took.
  public var timings: TransferTimings
  /// libcurl's own words about a failure, for an administrator; may be empty. Has no part of the body.
  public var detail: Text
}

/// When each phase of a transfer was over, in microseconds from its start; 0 for a phase that was not reached
/// or that a kept connection made unnecessary. curl_easy_getinfo(3), "TIMES".
public struct TransferTimings: Sendable {
  /// The name was resolved.
  public var nameResolved = 0
  /// The connection stood.
  public var connected = 0
  /// The TLS handshake was done.
  public var handshakeDone = 0
  /// The first byte of the response came.
  public var firstByte = 0
  /// All was over.
  public var total = 0

  /// No phase reached.
  public init() {}

  /// The phases of a handle's transfer that are over.
  init(of easy: UnsafeMutableRawPointer) {
    nameResolved = Int(clamping: ccurl_get_microseconds(easy, CURLINFO_NAMELOOKUP_TIME_T))
    connected = Int(clamping: ccurl_get_microseconds(easy, CURLINFO_CONNECT_TIME_T))
    handshakeDone = Int(clamping: ccurl_get_microseconds(easy, CURLINFO_APPCONNECT_TIME_T))
    firstByte = Int(clamping: ccurl_get_microseconds(easy, CURLINFO_STARTTRANSFER_TIME_T))
    total = Int(clamping: ccurl_get_microseconds(easy, CURLINFO_TOTAL_TIME_T))
  }
}

extension Transfer {
  /// How long the phases took that are over.
  var timings: TransferTimings { TransferTimings(of: easy) }
}
