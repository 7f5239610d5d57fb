import Bytes
import CCurl
import Testing

@testable import HTTPClient

@Suite struct TransferFailureTests {
  @Test(
    arguments: [
      (CURLE_COULDNT_RESOLVE_HOST, .nameNotResolved), (CURLE_COULDNT_CONNECT, .connectFailed),
      (CURLE_COULDNT_RESOLVE_PROXY, .proxyUnreachable), (CURLE_PROXY, .proxyRefused),
      (CURLE_SSL_CONNECT_ERROR, .handshakeFailed), (CURLE_SSL_CIPHER, .handshakeFailed),
      (CURLE_PEER_FAILED_VERIFICATION, .certificateNotTrusted),
      (CURLE_SSL_ISSUER_ERROR, .certificateNotTrusted),
      (CURLE_SSL_INVALIDCERTSTATUS, .certificateNotTrusted),
      (CURLE_SSL_CERTPROBLEM, .identityUnusable),
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

  /// The words of OpenSSL and GnuTLS for alerts, and for certificates that are not trusted here.
  @Test(
    arguments: [
      ("error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0", true),
      ("error:0A000418:SSL routines::tlsv1 alert unknown ca", true),
      ("error:0A000412:SSL routines::sslv3 alert bad certificate", true),
      ("error:0A000410:SSL routines::sslv3 alert handshake failure", false),
      ("SSL certificate problem: unable to get local issuer certificate", false),
      ("Recv failure: Connection reset by peer", false), ("", false),
    ])
  func tellsARefusedIdentityByTheAlert(detail: String, isRefused: Bool) {
    #expect(TransferFailure.tellsOfRefusedIdentity(Text(Array(detail.utf8))) == isRefused)
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
