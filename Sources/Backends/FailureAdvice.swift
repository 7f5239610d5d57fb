package import Bytes
package import HTTPClient
package import Platform

/// What an administrator is told about a failed attempt: what happened, and what to do.
///
/// Never has a secret, or anything of the backend's response. Why a certificate is not trusted is told in libcurl's
/// words, which may have names of the certificate.
package enum FailureAdvice {
  package static func timeout(after limit: TimeSpan) -> Text {
    "no whole reply within \(limit.milliseconds) ms: is the backend overloaded, or loading its model? Raise timeout if it "
      + "needs longer; warm = yes loads the model at start, probe_url tells when it is loading, and with stream = yes "
      + "timeout is the time to the first words"
  }

  package static func deadline(after limit: TimeSpan) -> Text {
    "no whole reply within \(limit.milliseconds) ms, its share of the bot's deadline: raise deadline, or lower timeouts"
  }

  package static func loadingTooLong(after wait: TimeSpan) -> Text {
    "not asked: the backend was loading its model for all of the \(wait.milliseconds) ms that the bot's deadline leaves: "
      + "raise deadline"
  }

  package static func noPlace(after wait: TimeSpan) -> Text {
    "not asked: other messages had all places of max_in_flight for \(wait.milliseconds) ms, its share of the bot's "
      + "deadline: raise max_in_flight if the backend can answer more at once"
  }

  package static func outpaced(after wait: TimeSpan) -> Text {
    "nothing came within \(wait.milliseconds) ms, so the next integration was asked, too, and spoke first (hedge)"
  }

  package static func breakerOpen(for wait: TimeSpan, after failure: Text?) -> Text {
    let advice: Text =
      "not asked: it has failed too often, or asked for a pause; it is tried again in \(wait.milliseconds) ms (breaker)"
    guard let failure else { return advice }
    return "\(advice); its last failure: \(failure)"
  }

  package static let stalled: Text =
    "the stream stopped in the middle of the reply: is the backend overloaded? Raise idle_timeout if it needs longer"
  package static let contextTooLong: Text =
    "the conversation is longer than the model takes: its oldest turns are left out; if this persists, use a model with a "
    + "larger context"
  package static let contentFiltered: Text =
    "the backend's policy refuses the content: it is for the user to change it"
  package static let quotaExhausted: Text =
    "the backend's account has no credit left: add credit or raise its limit there; waiting does not help"
  package static let loading: Text =
    "the backend is loading its model (503): messages wait for it until it is ready, or the bot's deadline is near"
  package static let reported: Text =
    "the backend reported an error inside the reply: see its log"

  package static func transfer(_ failure: TransferFailure, _ result: TransferResult) -> Text {
    switch failure {
    case .nameNotResolved:
      "the host of webhook_url cannot be resolved: check its spelling and this machine's DNS"
    case .connectFailed:
      "no connection to the host and port of webhook_url: is the backend running, and reachable from here?"
    case .addressRefused:
      "the host of webhook_url resolves to an address that is link-local or a metadata service's, which is refused: "
        + "an administrator can write the address itself"
    case .handshakeFailed:
      "the TLS handshake failed: is https right for this port of webhook_url, and does the backend want a "
        + "client_certificate?"
    case .certificateNotTrusted where result.detail.bytes.span.containsIgnoringCase("expir"):
      "the backend's certificate has expired (\(result.detail)): it must be renewed there; is this machine's clock right?"
    case .certificateNotTrusted:
      "the backend's certificate is not trusted (\(result.detail)): check the host in webhook_url, or name its "
        + "authority by ca_file"
    case .authorityUnusable:
      "ca_file cannot be read, or has no certificate in PEM"
    case .identityUnusable:
      "client_certificate or client_key cannot be used: do they belong together, and are both in PEM?"
    case .identityRefused:
      "the backend wants a client's certificate, or refuses the one that it was shown (\(result.detail)): check "
        + "client_certificate and client_key"
    case .interrupted where result.status != 0:
      "the reply ended before it was whole: see the backend's log"
    case .interrupted where result.timings.handshakeDone > 0:
      // TLS 1.3 refuses a client after the handshake, and its alert may be lost.
      "the backend closed the connection before it answered: see its log; if it wants a client's certificate, set "
        + "client_certificate and client_key"
    case .interrupted where !result.usesTLS:
      "the backend closed the connection before it answered: see its log; if this port speaks TLS, write https:// in "
        + "webhook_url"
    case .interrupted:
      "the backend closed the connection before it answered: see its log"
    case .proxyUnreachable:
      "no connection to the proxy: check the host and port in proxy; is it running, and reachable from here?"
    case .proxyRefused:
      "the proxy does not connect to the host and port of webhook_url: check them, and what the proxy allows"
    case .proxyUnauthorized:
      "the proxy refuses the user and password, or wants them: write them into proxy, http://USER:PASSWORD@HOST:PORT"
    case .notHTTP where !result.usesTLS:
      "what answers is not an HTTP server: check the port in webhook_url, and whether it wants https://"
    case .notHTTP:
      "what answers is not an HTTP server: check the port in webhook_url"
    case .undecodable:
      "the reply is compressed in a way that libcurl cannot read (\(result.detail)): turn compression off there"
    case .tooLarge:
      "the reply is larger than max_response"
    case .headTooLarge:
      "the reply's header fields are larger than 64 KB, which is too much: check webhook_url"
    case .other(let code):
      "the transfer failed inside libcurl (error \(Int(code)))"
    }
  }

  package static let needsTLS: Text =
    "the backend speaks TLS at this port (400): write https:// in webhook_url"

  package static func modelUnknown(_ status: Int) -> Text {
    "the backend does not offer the model (\(status)): check model = as it is spelled there, whether it was loaded or "
      + "pulled there, and whether the key may use it"
  }

  /// How the paths end that the types need.
  private static let paths: StaticString =
    " (openai: /v1/chat/completions, responses: /v1/responses, anthropic: /v1/messages)"

  package static func status(_ status: Int) -> Text {
    switch status {
    case 300...399:
      "the backend redirects (\(status)), which is not followed: put the final address into webhook_url"
    case 400, 422:
      "the backend refuses the request (\(status)): check type, model and param settings"
    case 401:
      "the backend refuses the key (401): check the value and form of its header "
        + "(header.Authorization = Bearer KEY, or header.x-api-key = KEY)"
    case 403:
      "the backend forbids this (403): check what the key is allowed, and its header's form"
    case 404:
      "there is nothing at this address (404): check the path of webhook_url\(paths), and the model's name"
    case 402:
      "the backend wants to be paid first (402): add credit there"
    case 405:
      "this address takes no POST (405): check the path of webhook_url\(paths)"
    case 407:
      "the proxy wants a user and a password (407): write them into proxy, http://USER:PASSWORD@HOST:PORT"
    case 408:
      "the backend did not get the whole request in time (408): is it overloaded?"
    case 413:
      "the request is too large for the backend (413): lower window"
    case 429:
      "the backend limits the rate of requests (429): wait, or raise the limit there"
    case 502:
      "the backend, or a proxy before the backend, got no answer from the server after it (502): is that running?"
    case 504:
      "the backend, or a proxy before the backend, waited too long for the server after it (504): is that overloaded?"
    case 503, 529:
      "the backend is overloaded or down (\(status)): try again later"
    case 500...599:
      "the backend failed (\(status)): see its log"
    default:
      "the backend answered with status \(status): check webhook_url"
    }
  }
}
