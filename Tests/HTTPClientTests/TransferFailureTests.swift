import CCurl
import Testing

@testable import HTTPClient

@Suite struct TransferFailureTests {
  @Test(
    arguments: [
      (CURLE_COULDNT_RESOLVE_HOST, .nameNotResolved), (CURLE_COULDNT_CONNECT, .connectFailed),
      (CURLE_SSL_CONNECT_ERROR, .handshakeFailed), (CURLE_SSL_CIPHER, .handshakeFailed),
      (CURLE_PEER_FAILED_VERIFICATION, .certificateNotTrusted),
      (CURLE_SSL_ISSUER_ERROR, .certificateNotTrusted),
      (CURLE_SSL_INVALIDCERTSTATUS, .certificateNotTrusted),
      (CURLE_SSL_CACERT_BADFILE, .authorityUnusable), (CURLE_GOT_NOTHING, .interrupted),
      (CURLE_SEND_ERROR, .interrupted), (CURLE_RECV_ERROR, .interrupted),
      (CURLE_PARTIAL_FILE, .interrupted), (CURLE_WEIRD_SERVER_REPLY, .notHTTP),
      (CURLE_UNSUPPORTED_PROTOCOL, .notHTTP), (CURLE_OUT_OF_MEMORY, .other(code: 27)),
      (CURLE_WRITE_ERROR, .other(code: 23)), (CURLE_URL_MALFORMAT, .other(code: 3)),
    ] as [(CURLcode, TransferFailure)])
  func sortsResults(code: CURLcode, failure: TransferFailure) {
    for (connected, resolved) in [(false, false), (false, true), (true, true)] {
      #expect(TransferFailure(code, connected: connected, resolved: resolved) == failure)
    }
  }

  /// Only the connection phase has a limit: its progress says what hung.
  @Test(
    arguments: [
      (false, false, .nameNotResolved), (false, true, .connectFailed),
      (true, true, .handshakeFailed),
    ] as [(Bool, Bool, TransferFailure)])
  func sortsTimeouts(connected: Bool, resolved: Bool, failure: TransferFailure) {
    #expect(
      TransferFailure(CURLE_OPERATION_TIMEDOUT, connected: connected, resolved: resolved) == failure
    )
  }

  @Test func takesSuccessForNone() {
    #expect(TransferFailure(CURLE_OK, connected: true, resolved: true) == nil)
  }
}
