import Bytes

extension BackendURL {
  /// Why a client of the management API may not name this URL; `nil` if it may.
  ///
  /// An administrator may: the rule keeps a key of the API from reaching what only this host reaches. A name that
  /// resolves to such an address is refused when Postern connects.
  var objectionToClients: Text? {
    if let address, address.isHostOnly || address.embeddedV4 != nil {
      return "the address is link-local, unspecified, a metadata service or IPv4 within IPv6"
    }
    var name = host
    while name.last == UInt8(ascii: ".") { name.removeLast() }
    for reserved in Self.metadataNames where name.span.equalsIgnoringCase(reserved) {
      return "the host is a cloud's metadata service"
    }
    return nil
  }

  /// The names of metadata services, without a dot at the end.
  private static let metadataNames: [StaticString] = [
    "metadata.google.internal", "metadata.goog", "metadata", "instance-data",
    "instance-data.ec2.internal", "metadata.azure.internal", "metadata.azure.com",
    "metadata.tencentyun.com", "metadata.packet.net", "metadata.platformequinix.com",
  ]

  /// Whether two URLs have the same scheme, host and port, so that secrets for one may go to the other.
  package func hasOrigin(of other: BackendURL) -> Bool {
    guard isSecure == other.isSecure, port == other.port else { return false }
    if let address { return address == other.address }
    return other.address == nil && host.span.equalsIgnoringCase(other.host.span)
  }
}
