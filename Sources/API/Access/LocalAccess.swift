import Bytes
import HTTPServer

/// Tells whether a request comes from a program of this machine, as far as that shows.
///
/// Without keys such programs may do everything. A proxy or a browser on this machine also connects from here, but for
/// others: their requests are refused where they can be told.
enum LocalAccess {
  /// Why a request is refused without keys; `nil` if it is served.
  ///
  /// Without `needsOwnSite` web pages of other sites are served, too: what they ask for changes nothing, and a browser
  /// does not show them the answer.
  static func objection(to request: any AccessRequest, needsOwnSite: Bool) -> Text? {
    guard request.peer.isLocal, namesLoopback(request) else {
      return "only this machine is served, by a loopback name"
    }
    if request.hasField(where: ProxyFields.contains) || isOfPlainNginx(request) {
      return "a request that came through a proxy is refused"
    }
    if needsOwnSite, isCrossSite(request) {
      return "a request from a web page of another site is refused"
    }
    return nil
  }

  /// Whether `Host` names this machine. A web page can bind a name of its own to the loopback address.
  private static func namesLoopback(_ request: any AccessRequest) -> Bool {
    if let address = request.host?.address { return address.isLoopback }
    // Only HTTP/1.0 may leave Host out, and no browser speaks it.
    guard let field = request.field("Host") else { return true }
    guard let name = request.host?.host else { return false }
    return field.span.extracting(name).equalsIgnoringCase("localhost")
  }

  /// Whether a request is as nginx sends it by `proxy_pass` alone: HTTP/1.0 with `Host`, and `Connection: close`.
  private static func isOfPlainNginx(_ request: any AccessRequest) -> Bool {
    guard request.isHTTP10, request.field("Host") != nil,
      let connection = request.field("Connection")
    else { return false }
    return connection.span.containsIgnoringCase("close")
  }

  /// Whether a browser says that another site asks.
  ///
  /// `Sec-Fetch-Site` is of the Fetch Metadata specification; `Origin`, RFC 6454 section 7, comes with every POST.
  private static func isCrossSite(_ request: any AccessRequest) -> Bool {
    if let site = request.field("Sec-Fetch-Site"),
      !site.span.equalsIgnoringCase("same-origin"), !site.span.equalsIgnoringCase("none")
    {
      return true
    }
    guard let origin = request.field("Origin") else { return false }
    return !isOrigin(origin.span, of: request.field("Host"))
  }

  /// Whether an origin has the host and port that a request is for.
  private static func isOrigin(_ origin: Span<UInt8>, of host: [UInt8]?) -> Bool {
    let isSecure = origin.extracting(first: 8).equalsIgnoringCase("https://")
    guard isSecure || origin.extracting(first: 7).equalsIgnoringCase("http://"), let host else {
      return false
    }
    let text = origin.extracting((isSecure ? 8 : 7)...)
    guard let one = try? Authority(text), let other = try? Authority(host.span) else {
      return false
    }
    let standard: UInt16 = isSecure ? 443 : 80
    guard one.port ?? standard == other.port ?? standard else { return false }
    if let address = one.address { return address == other.address }
    return other.address == nil
      && text.extracting(one.host).equalsIgnoringCase(host.span.extracting(other.host))
  }
}
