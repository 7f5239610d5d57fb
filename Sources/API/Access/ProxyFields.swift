import Bytes

/// The header fields that proxies, load balancers and content networks add to the requests that they pass on.
enum ProxyFields {
  /// Whether a field's name shows that a proxy sent it. For most names the first and last letter are enough.
  static func contains(_ name: Span<UInt8>) -> Bool {
    guard name.count > 2 else { return false }
    let last = name[name.count - 1].lowercasedASCII
    if last == UInt8(ascii: "p") || last == UInt8(ascii: "r") {
      for suffix in suffixes
      where name.extracting(last: suffix.utf8CodeUnitCount).equalsIgnoringCase(suffix) {
        return true
      }
    }
    switch name[0].lowercasedASCII {
    case UInt8(ascii: "x"): return begins(name, with: extensions)
    case UInt8(ascii: "v"): return name.equalsIgnoringCase("Via")
    default: return hasOtherStart(name) && begins(name, with: others)
    }
  }

  /// Whether one of the others may begin so, by the first two letters: not `Accept`, `Content-…`, `Cookie`, `From`, `TE`.
  private static func hasOtherStart(_ name: Span<UInt8>) -> Bool {
    switch (name[0].lowercasedASCII, name[1].lowercasedASCII) {
    case (UInt8(ascii: "a"), UInt8(ascii: "k")), (UInt8(ascii: "c"), UInt8(ascii: "d")),
      (UInt8(ascii: "c"), UInt8(ascii: "f")), (UInt8(ascii: "c"), UInt8(ascii: "l")),
      (UInt8(ascii: "e"), UInt8(ascii: "a")), (UInt8(ascii: "f"), UInt8(ascii: "a")),
      (UInt8(ascii: "f"), UInt8(ascii: "l")), (UInt8(ascii: "f"), UInt8(ascii: "o")),
      (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "t"), UInt8(ascii: "a")):
      true
    default: false
    }
  }

  private static func begins(_ name: Span<UInt8>, with prefixes: [StaticString]) -> Bool {
    for prefix in prefixes
    where name.extracting(first: prefix.utf8CodeUnitCount).equalsIgnoringCase(prefix) {
      return true
    }
    return false
  }

  /// The families of nginx, Envoy, HAProxy, Apache, IIS and of the large networks.
  private static let extensions: [StaticString] = [
    "X-Forward", "X-Real-", "X-Original-", "X-Originating-", "X-Proxy", "X-Envoy-", "X-Cluster-",
    "X-Haproxy-", "X-Traefik-", "X-ARR-", "X-Azure-", "X-Amzn-", "X-Amz-Cf-", "X-Appengine-",
    "X-Vercel-", "X-Nf-", "X-Akamai-", "X-Sucuri-", "X-Via", "X-Varnish", "X-Scheme",
    "X-Remote-Addr", "X-Client-Address", "X-Coming-From",
  ]

  /// RFC 7239, RFC 8586, RFC 8470, and the names of networks; with the first letters that ``hasOtherStart(_:)`` knows.
  private static let others: [StaticString] = [
    "Forwarded", "CDN-Loop", "Early-Data", "Remote-Addr", "Akamai-", "CF-", "Cloudfront-",
    "Fastly-", "Fly-", "Tailscale-",
  ]

  /// `X-Client-IP`, `True-Client-IP`, `X-Cluster-Client-IP`, `CF-Connecting-IP`, `Ali-CDN-Real-IP` and similar names.
  private static let suffixes: [StaticString] = [
    "client-ip", "clientip", "connecting-ip", "real-ip", "realip", "remote-ip", "forwarded-for",
    "proxyuser-ip",
  ]
}
